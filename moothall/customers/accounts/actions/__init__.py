"""The only writers of accounts, by topic: codes, opening and signing in, further ways in, proof of identity, claims."""

from moothall.customers.accounts.actions.claiming import claim_cases
from moothall.customers.accounts.actions.codes import CodeRefused, check_code, forget_codes, make_code
from moothall.customers.accounts.actions.factors import (
    add_passkey,
    begin_authenticator,
    change_password,
    confirm_authenticator,
    keep_way,
    passkey_used,
    remove_authenticator,
    remove_passkey,
    use_challenge,
)
from moothall.customers.accounts.actions.opening import (
    AccountRefused,
    add_point,
    check_password,
    close_account,
    open_account,
    remove_password,
    remove_point,
    set_password,
    sign_out_everywhere,
    signed_in,
)
from moothall.customers.accounts.actions.proving import (
    HasAccount,
    NotTheSame,
    ProviderSays,
    come_by_provider,
    revoke_verification,
    unlink_identity,
    verify_in_person,
)
from moothall.customers.accounts.actions.second import check_authenticator, second_proof

__all__ = [
    "AccountRefused",
    "CodeRefused",
    "HasAccount",
    "NotTheSame",
    "ProviderSays",
    "add_passkey",
    "add_point",
    "begin_authenticator",
    "change_password",
    "check_authenticator",
    "check_code",
    "check_password",
    "claim_cases",
    "close_account",
    "come_by_provider",
    "confirm_authenticator",
    "forget_codes",
    "keep_way",
    "make_code",
    "open_account",
    "passkey_used",
    "remove_authenticator",
    "remove_passkey",
    "remove_password",
    "remove_point",
    "revoke_verification",
    "second_proof",
    "set_password",
    "sign_out_everywhere",
    "signed_in",
    "unlink_identity",
    "use_challenge",
    "verify_in_person",
]

"""The code by which somebody who rings is found again, and finding what a customer has under way."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("intake", "0004_conversations")]

    operations = [
        migrations.AddField(
            model_name="dialogue",
            name="code",
            field=models.CharField(
                blank=True, db_default="", default="", help_text="What she says when she rings to go on with it.", max_length=8
            ),
        ),
        migrations.AddIndex(
            model_name="dialogue",
            index=models.Index(
                condition=models.Q(("state", "open"), models.Q(("code", ""), _negated=True)), fields=["code"],
                name="dialogue_code",
            ),
        ),
        migrations.AddIndex(
            model_name="dialogue",
            index=models.Index(
                condition=models.Q(("customer_id__isnull", False), ("state", "open")), fields=["customer_id"],
                name="dialogue_customer",
            ),
        ),
    ]  # fmt: skip

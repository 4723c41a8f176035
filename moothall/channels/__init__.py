"""One package per way in and out: parse what arrives, render what leaves; they decide nothing."""

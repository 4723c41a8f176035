"""The kiosk: the site's own pages mounted once more under /kiosk, large, locked in, and without a trace of who was last."""

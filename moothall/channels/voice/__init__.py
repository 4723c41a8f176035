"""The telephone menu on its lines: a turn said as TwiML, as VoiceXML 2.1 or by FastAGI; what comes back, read."""

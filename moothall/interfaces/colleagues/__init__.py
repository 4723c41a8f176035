"""What somebody who works here, or a councillor, asks for as herself; and a councillor's ward."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('bookings', '0005_closures'),
    ]

    operations = [
        migrations.AddField(
            model_name='booking',
            name='places_given_up',
            field=models.PositiveSmallIntegerField(db_default=0, default=0, help_text='Of those it was booked and paid with.'),
        ),
    ]

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('bookings', '0006_places_given_up'),
    ]

    operations = [
        migrations.AddField(
            model_name='booking',
            name='indoor',
            field=models.BooleanField(help_text='True: it was looked for under a roof, and stays there when it is moved.', null=True),
        ),
    ]

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("repairs", "0001_orders_to_contractors"),
    ]

    operations = [
        migrations.AddField(
            model_name="order",
            name="reference",
            field=models.CharField(
                help_text="What the contractor quotes: of the order, never of her request.",
                max_length=8,
                null=True,
                unique=True,
            ),
        ),
    ]

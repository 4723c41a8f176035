from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('customers', '0004_consent_receipts'),
    ]

    operations = [
        migrations.AddField(
            model_name='customer',
            name='company_number',
            field=models.CharField(blank=True, db_default='', default='', help_text='Of an organisation, as Companies House writes it.', max_length=8),
        ),
        migrations.AddIndex(
            model_name='customer',
            index=models.Index(condition=models.Q(('company_number', ''), _negated=True), fields=['company_number'], name='customer_company'),
        ),
    ]

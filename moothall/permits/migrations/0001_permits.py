import django.db.models.deletion
import moothall.core.ids
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Permit',
            fields=[
                ('id', models.UUIDField(default=moothall.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('reference', models.CharField(help_text="Its number; shown after the pack's letters.", max_length=8, unique=True)),
                ('case_id', models.UUIDField(unique=True)),
                ('service', models.CharField(max_length=80)),
                ('what', models.CharField(blank=True, help_text='What it is for: a number plate, premises.', max_length=200)),
                ('starts', models.DateField()),
                ('ends', models.DateField()),
                ('issued_at', models.DateTimeField()),
                ('issued_by', models.UUIDField(null=True)),
                ('ended_at', models.DateTimeField(help_text='When it was ended before its day.', null=True)),
                ('ended_because', models.CharField(blank=True, help_text='The customer reads it.', max_length=200)),
                ('reminded', models.PositiveSmallIntegerField(help_text='The fewest days before its end that its holder has been reminded at.', null=True)),
                ('follows', models.OneToOneField(help_text='The one it renews.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='followed_by', to='permits.permit')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('ended_at__isnull', True)), fields=['service', 'ends'], name='permit_ending')],
                'constraints': [models.CheckConstraint(condition=models.Q(('ends__gte', models.F('starts'))), name='permit_ends_after_it_starts')],
            },
        ),
    ]

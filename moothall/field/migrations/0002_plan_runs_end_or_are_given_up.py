from django.db import migrations


class Migration(migrations.Migration):
    # second step: nothing reads it; whether a planning was given up follows from when it was asked for
    dependencies = [("field", "0001_jobs_crews_devices")]
    operations = [migrations.RemoveField(model_name="planrun", name="failed")]

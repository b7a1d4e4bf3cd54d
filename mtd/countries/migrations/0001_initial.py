
import django.utils.timezone
import uuid
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='CountryValue',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('country', models.CharField(max_length=2)),
                ('key', models.CharField(max_length=120)),
                ('number', models.PositiveIntegerField()),
                ('value', models.JSONField(blank=True, null=True)),
                ('source', models.CharField(blank=True, max_length=500)),
                ('source_date', models.CharField(blank=True, max_length=11)),
                ('confirmed', models.BooleanField()),
                ('note', models.JSONField(blank=True, default=dict)),
                ('previous', models.JSONField(blank=True, null=True)),
                ('author_id', models.UUIDField(editable=False, null=True)),
                ('at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
            ],
            options={
                'ordering': ('country', 'key', 'number'),
                'constraints': [models.UniqueConstraint(fields=('country', 'key', 'number'), name='country_value_numbered_once'), models.CheckConstraint(condition=models.Q(('number__gte', 1)), name='country_value_number_from_one'), models.CheckConstraint(condition=models.Q(('confirmed', False), models.Q(('source', ''), _negated=True), _connector='OR'), name='country_value_confirmed_has_source')],
            },
        ),
    ]

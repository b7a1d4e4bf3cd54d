"""The chain covers a salted digest of the person, so that the person can be forgotten later.

Events from before are chained anew; there was no release with the old chain.
"""

import mtd.audit.models
from django.db import migrations, models


def rechain(apps, schema_editor):
    alias = schema_editor.connection.alias
    events = apps.get_model("audit", "Event").objects.using(alias)
    previous = mtd.audit.models.GENESIS
    for event in events.order_by("id"):
        event.actor_salt = mtd.audit.models.new_salt()
        event.actor_digest = mtd.audit.models.digest_of_actor(event)
        event.previous = previous
        event.hash = previous = mtd.audit.models.digest(event)
        event.save()
    apps.get_model("audit", "ChainHead").objects.using(alias).filter(id=1).update(hash=previous)


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]

    operations = [
        migrations.AddField(
            "event", "actor_salt", models.CharField(blank=True, default=mtd.audit.models.new_salt, max_length=32)
        ),
        migrations.AddField(
            "event", "actor_digest", models.CharField(default="", max_length=64), preserve_default=False
        ),
        migrations.RunPython(rechain, migrations.RunPython.noop),
    ]

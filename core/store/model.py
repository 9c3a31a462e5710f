"""What every table's model is made from."""

import peewee


class Table(peewee.Model):
    """Base of all tables; the table's name is the class's, in small letters."""

    class Meta:
        """Peewee's own options."""

        legacy_table_names = False

from __future__ import annotations

import pytest
from guardian_agent.restore.postgresql.messages import Judged, Message, judge, read_log, reason_of
from guardian_agent.wire.observations import Reason
from hypothesis import given
from hypothesis import strategies as st

LOG = b"""\
42704 ERROR:  role "shopkeeper" does not exist
42704 STATEMENT:  ALTER TABLE public.orders OWNER TO shopkeeper;
42P01 ERROR:  relation "public.orders" does not exist
\tcontinued
42P01 STATEMENT:  ALTER TABLE ONLY public.orders
\t    DROP CONSTRAINT orders_pkey;
00000 LOG:  checkpoint starting
57P03 FATAL:  the database system is starting up
"""


def said(state: str, text: str, statement: str = "") -> Reason:
    return reason_of(Message(state=state, text=text, statement=statement))


def test_a_log_is_read_with_statements():
    assert list(read_log(LOG.splitlines(keepends=True))) == [
        Message(
            state="42704",
            text='role "shopkeeper" does not exist',
            statement="ALTER TABLE public.orders OWNER TO shopkeeper;",
        ),
        Message(
            state="42P01",
            text='relation "public.orders" does not exist',
            statement="ALTER TABLE ONLY public.orders",
        ),
        Message(state="57P03", text="the database system is starting up"),
    ]


@given(st.lists(st.binary()))
def test_any_log_is_read_and_judged(lines):
    judge(read_log(lines))


@pytest.mark.parametrize(
    ("state", "text"),
    [
        ("42P06", 'schema "public" already exists'),
        ("42710", 'role "postgres" already exists'),
        ("42710", 'extension "plpgsql" already exists'),
        ("42710", 'language "plpgsql" already exists'),
        ("42704", 'role "app owner" does not exist'),
        ("22023", 'role "app" does not exist'),
        ("42704", 'unrecognized configuration parameter "transaction_timeout"'),
        ("42501", "must be owner of extension plpgsql"),
        ("42P04", 'database "postgres" already exists'),
        ("22023", 'invalid value for parameter "default_tablespace": "fast"'),
    ],
)
def test_benign(state, text):
    assert said(state, text) is Reason.NONE


@pytest.mark.parametrize(
    "statement",
    [
        "DROP TABLE public.orders;",
        "  drop schema sales cascade;",
        "ALTER TABLE ONLY public.orders DROP CONSTRAINT orders_pkey;",
        "ALTER TABLE IF EXISTS public.orders DROP CONSTRAINT orders_pkey;",
    ],
)
def test_removing_what_is_not_there_is_benign(statement):
    assert said("42P01", 'table "orders" does not exist', statement) is Reason.NONE


@pytest.mark.parametrize(
    ("state", "text", "statement"),
    [
        ("42P06", 'schema "sales" already exists', "CREATE SCHEMA sales;"),
        ("42P07", 'relation "orders" already exists', "CREATE TABLE orders ();"),
        ("42P01", 'relation "orders" does not exist', "COPY public.orders FROM stdin;"),
        ("42704", 'type "geometry" does not exist', "CREATE TABLE g (shape geometry);"),
        ("42704", 'unrecognized configuration parameter "app.user"', "SET app.user = 1;"),
        ("22P02", 'invalid input syntax for type integer: "x7"', "COPY customers FROM stdin;"),
        ("25P02", "current transaction is aborted", "COPY customers FROM stdin;"),
        ("23505", "duplicate key value violates unique constraint", ""),
        ("99999", "", ""),
        ("42601", "syntax error", "ALTER TABLE orders ADD COLUMN dropped int"),
    ],
)
def test_real(state, text, statement):
    assert said(state, text, statement) is Reason.STATEMENT_FAILED


@pytest.mark.parametrize(
    ("state", "text", "reason"),
    [
        ("0A000", 'extension "postgis" is not available', Reason.TOOL_MISSING),
        ("58P01", 'could not open extension control file "/x": No', Reason.TOOL_MISSING),
        ("58P01", 'could not access file "$libdir/postgis-3": No such', Reason.TOOL_MISSING),
        ("42704", 'language "plpython3u" does not exist', Reason.TOOL_MISSING),
        (
            "55000",
            "pg_cron can only be loaded via shared_preload_libraries",
            Reason.TOOL_MISSING,
        ),
        ("42704", 'collation "de_DE" for encoding "UTF8" does not exist', Reason.UNSUPPORTED),
        ("22023", 'invalid locale name: "de_DE.UTF-8"', Reason.UNSUPPORTED),
        ("42704", 'tablespace "fast" does not exist', Reason.UNSUPPORTED),
        ("53100", "could not extend file", Reason.QUOTA_EXCEEDED),
        ("58030", "could not write: No space left on device", Reason.QUOTA_EXCEEDED),
        ("53200", "out of memory", Reason.QUOTA_EXCEEDED),
        ("XX001", "invalid page in block 3 of relation base/5/1", Reason.DAMAGED),
    ],
)
def test_what_says_something_else(state, text, reason):
    assert said(state, text) is reason


class TestTogether:
    BENIGN = Message(state="42704", text='role "a" does not exist')
    REAL = Message(state="42704", text='type "geometry" does not exist')
    LACKING = Message(state="0A000", text='extension "postgis" is not available')

    def test_benign_ones_are_counted(self):
        assert judge([self.BENIGN, self.BENIGN]) == Judged(notices=2)
        assert judge([]) == Judged(notices=0)

    def test_a_real_one_decides(self):
        found = judge([self.BENIGN, self.REAL, self.BENIGN])
        assert (found.notices, found.reason) == (2, Reason.STATEMENT_FAILED)
        assert found.text == '42704: type "geometry" does not exist'

    @pytest.mark.parametrize("order", [1, -1])
    def test_what_follows_from_a_missing_extension_is_not_the_backups_fault(self, order):
        messages = [self.LACKING, self.REAL, self.REAL][::order]
        assert judge(messages).reason is Reason.TOOL_MISSING

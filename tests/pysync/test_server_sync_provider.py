"""`ServerSyncProvider`: one place that configures all synced keys of an application."""

from __future__ import annotations

import pytest

from pysync import ServerSyncOptions, ServerSyncProvider, UsageError, use_server_sync
from tests.pysync.relay.town import Town

pytestmark = pytest.mark.req("SRV-01")


def test_a_provider_gives_its_space_and_options_which_a_key_may_override() -> None:
    all_told: list[str] = []
    soap_told: list[str] = []
    town = Town()
    space = town.open(town.device(), "desk")
    with ServerSyncProvider(space, on_status=all_told.append) as provider:
        towels = use_server_sync("towels", 0)
        soap = use_server_sync("soap", 0, on_status=soap_told.append)
        inner = town.open(town.device(), "tablet")
        with ServerSyncProvider(inner):
            assert use_server_sync("towels", 0).space is inner
        assert use_server_sync("towels", 0, space=inner).space is inner
        towels.set(1)
        town.settle()
        assert (all_told, soap_told) == (["syncing", "synced"], [])
        soap.set(1)
        town.settle()
        assert soap_told == ["syncing", "synced"]
        assert provider.use("towels", 0).value == 1
    towels.set(2)
    town.settle()
    assert all_told == ["syncing", "synced"], "closed with the provider"
    with pytest.raises(UsageError):
        ServerSyncProvider(space, on_stat=print)


def test_a_provider_says_what_each_key_has_for_itself() -> None:
    town = Town()
    space = town.open(town.device(), "desk")
    keys = {
        "towels": {"conflict_strategy": "merge"},
        "soap": ServerSyncOptions(conflict_window_ms=9_000, max_queue_size=1),
    }
    with ServerSyncProvider(space, keys=keys, conflict_strategy="manual") as provider:
        found = [provider.use(key, 0) for key in ("towels", "soap", "linen")]
        rules = [(each.policy.strategy, each.policy.window_ms) for each in found]
        assert rules == [("merge", 30_000), ("manual", 9_000), ("manual", 30_000)]
        assert provider.use("linen", 0, on_status=print).problem == ""
        with pytest.raises(UsageError, match="policy_version"):
            provider.use("linen", 0, conflict_strategy="merge")
    for wrong in ({"towels": {"conflict_stategy": "merge"}}, {"towels": {"nothing": 1}}):
        with pytest.raises(UsageError):
            ServerSyncProvider(space, keys=wrong)

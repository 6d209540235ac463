"""The consumer of the stream."""

import boto3
from leaderboard import best_scores


def test_the_leaderboard_has_the_best_score_of_each_player(cognitosync, http, pool, player):
    other = cognitosync.new_user(pool)
    for identity, score in ((player, "100"), (other, "300"), (player, "200"), (player, "50")):
        http.patch(f"/players/{identity.identity_id}", json={"high_score": score, "theme": "dark"})
    http.patch(f"/players/{other.identity_id}", json={"high_score": None})

    kinesis = boto3.client("kinesis", region_name=cognitosync.region_name)
    assert best_scores(kinesis, "profiles") == {player.identity_id: 200, other.identity_id: 300}

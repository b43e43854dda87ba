from __future__ import annotations

import networkx as nx
import pytest

import pairkit as pk


def person(identifier: str, roles: str | None, topic: str = "a") -> dict[str, object]:
    taught = {} if roles == "mentee" else {"skills": [topic]}
    wanted = {} if roles == "mentor" else {"needs": [topic]}
    return {"id": identifier, "name": "Ada Invented", "roles": roles, **taught, **wanted}


def matched(*people: dict[str, object], **settings: object) -> pk.Matching:
    program = pk.Program(scoring=[pk.SkillCoverage()], **settings)
    return pk.match(pk.Roster.from_records(people), program)


def test_the_graph_has_everybody_on_a_side_and_an_edge_a_pair() -> None:
    people = [person(f"M{k}", "mentor") for k in range(3)] + [person("E", "mentee")]
    matching = matched(*people, {"id": "X", "name": "Ada Invented"})
    assert set(matching.outside) == {"X"}
    graph = matching.to_networkx()
    assert isinstance(graph, nx.DiGraph)
    assert set(graph) == {"M0", "M1", "M2", "E"}
    pair = matching.pairs[0]
    assert list(graph.edges(data=True)) == [
        (pair.mentor, pair.mentee, {"score": pair.score, "weight": pair.score})
    ]
    assert graph.nodes["E"] == {"side": "mentee", "bipartite": 1}
    assert graph.nodes["M1"] == {"side": "mentor", "bipartite": 0}
    assert nx.is_bipartite(graph)


def test_people_on_both_sides_are_one_node_and_keep_both_pairs() -> None:
    people = [person("A", "both"), person("B", "both")]
    graph = matched(*people).to_networkx()
    assert set(graph.edges) == {("A", "B"), ("B", "A")}
    assert graph.nodes["A"] == graph.nodes["B"] == {"side": "both"}


def test_loads_are_degrees() -> None:
    matching = pk.match(pk.datasets.sample(80, seed=3), pk.reverse_mentoring())
    graph = matching.to_networkx()
    assert isinstance(graph, nx.DiGraph)
    assert {who: k for who, k in graph.out_degree if k} == matching.mentor_loads
    assert {who: k for who, k in graph.in_degree if k} == matching.mentee_loads
    alone = {one.id for one in matching.unmatched}
    assert {who for who, k in graph.degree if not k} <= alone <= set(graph)


def test_a_graph_of_peers_has_no_sides_and_is_a_problem_again() -> None:
    people = [person(f"P{k}", None) for k in range(5)]
    matching = matched(*people, roles=pk.Roles(peer={}))
    graph = matching.to_networkx()
    assert type(graph) is nx.Graph
    assert set(graph) == {f"P{k}" for k in range(5)}
    assert all(not data for _, data in graph.nodes(data=True))
    assert pk.solve(pk.Problem.from_graph(graph)).objective == pytest.approx(matching.objective)


def test_the_graph_of_a_saved_matching_is_the_same_and_names_nobody() -> None:
    matching = matched(person("A", "mentor"), person("B", "mentee"), person("C", "mentor"))
    graph = matching.to_networkx()
    again = pk.Matching.from_json(matching.to_json()).to_networkx()
    assert nx.utils.graphs_equal(graph, again)
    assert "Invented" not in str(nx.node_link_data(graph, edges="links"))


def test_without_a_solution_the_graph_is_empty() -> None:
    rules = [pk.MinimumLoad(2, role="mentor")]
    matching = matched(person("A", "mentor"), person("B", "mentee"), rules=rules)
    assert matching.status is pk.Status.INFEASIBLE
    assert not len(matching.to_networkx())


def test_the_problem_and_the_sides_are_those_that_were_solved() -> None:
    matching = matched(person("A", "mentor"), person("B", "mentee"), person("C", "mentor"))
    assert matching.problem.shape == (2, 1)
    assert [[one.id for one in side.people] for side in matching.sides] == [["A", "C"], ["B"]]
    assert pk.solve(matching.problem).objective == matching.objective
    alone = pk.Matching.from_json(matching.to_json())
    with pytest.raises(pk.ProblemError, match="without its people"):
        alone.problem  # noqa: B018
    with pytest.raises(pk.ProblemError, match="without its people"):
        alone.sides  # noqa: B018

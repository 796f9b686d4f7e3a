"""The shortest history that still breaks the same promise."""

from collections.abc import Callable, Iterator
from dataclasses import replace

from simulation.scenes import Commit, Scene
from simulation.story import Story

Scenes = tuple[Scene, ...]


def shrink(story: Story, breaks: Callable[[Story], bool]) -> Story:
    """Drop scenes, and parts of them, while `breaks` says yes. The same story always shrinks to the same one."""
    scenes = story.scenes
    smaller = next(_broken(scenes, breaks), None)
    while smaller is not None:
        scenes = smaller
        smaller = next(_broken(scenes, breaks), None)
    return Story(scenes)


def _broken(scenes: Scenes, breaks: Callable[[Story], bool]) -> Iterator[Scenes]:
    return (smaller for smaller in _smaller(scenes) if breaks(Story(smaller)))


def _smaller(scenes: Scenes) -> Iterator[Scenes]:
    """Without large parts first, then without single scenes, then with less in a commit."""
    size = len(scenes) // 2
    while size:
        for begin in range(0, len(scenes), size):
            yield scenes[:begin] + scenes[begin + size :]
        size //= 2
    for at, scene in enumerate(scenes):
        if isinstance(scene, Commit) and len(scene.changes) > 1:
            for index in range(len(scene.changes)):
                fewer = replace(scene, changes=scene.changes[:index] + scene.changes[index + 1 :])
                yield (*scenes[:at], fewer, *scenes[at + 1 :])

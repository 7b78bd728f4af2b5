"""Work shared between processes, its results in the order of what was given, or done beside other work."""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from typing import Any, TypeVar

from pycoverage.finding import LimitError

S = TypeVar("S")
T = TypeVar("T")
R = TypeVar("R")

_shared: dict[str, Any] = {}
"""What every task of a process needs, inherited from the process that started it."""


def shared_out(
    work: Callable[[S, T], R], shared: S, items: Sequence[T], *, processes: int | None = None, fresh: bool = False
) -> Iterator[R]:
    """Yield what `work(shared, item)` returns for each item, in order.

    `processes` is by default as many as there are processors; where a process cannot be copied, all is done in one.
    With `fresh`, each item has a process of its own: the solver never gives back the memory of the terms it has seen.
    Raises what `work` raises, and LimitError if a process dies. Work that nobody waits for any more is ended.
    """
    wanted = min(processes or processors(), len(items))
    if wanted < 2 or "fork" not in multiprocessing.get_all_start_methods():
        for item in items:
            yield work(shared, item)
        return
    for start in range(0, len(items), wanted if fresh else len(items)):
        yield from _in_pool(work, shared, items[start : start + wanted] if fresh else items, wanted)


def _in_pool(work: Callable[[S, T], R], shared: S, items: Sequence[T], processes: int) -> Iterator[R]:
    context = multiprocessing.get_context("fork")
    with ProcessPoolExecutor(processes, mp_context=context, initializer=_receive, initargs=(work, shared)) as pool:
        try:
            yield from pool.map(_done, items)
        except (KeyboardInterrupt, GeneratorExit):
            for child in multiprocessing.active_children():
                child.terminate()
            raise
        except BrokenProcessPool:
            raise LimitError("un processus de calcul s'est arrêté, faute de mémoire peut-être") from None
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


@contextmanager
def beside(work: Callable[[S, T], R], shared: S, *, processes: int | None = None) -> Iterator[Callable[[T], Future[R]]]:
    """Give a function that starts `work(shared, item)` in another process, one item after the other, while this one
    goes on; where there is none, the work is done at once.

    `shared` stays what it was when the first item was given. What is not ended at the end of the block is stopped.
    Raises LimitError if the process dies.
    """
    if (processes or processors()) < 2 or "fork" not in multiprocessing.get_all_start_methods():
        yield lambda item: _ended(work(shared, item))
        return
    context = multiprocessing.get_context("fork")
    started: list[Future[R]] = []

    def start(item: T) -> Future[R]:
        started.append(pool.submit(_done, item))
        return started[-1]

    with ProcessPoolExecutor(1, mp_context=context, initializer=_receive, initargs=(work, shared)) as pool:
        try:
            yield start
        except BrokenProcessPool:
            raise LimitError("un processus de calcul s'est arrêté, faute de mémoire peut-être") from None
        finally:
            if not all(each.done() for each in started):
                for child in multiprocessing.active_children():
                    child.terminate()
            pool.shutdown(wait=True, cancel_futures=True)


def _ended(result: R) -> Future[R]:
    found: Future[R] = Future()
    found.set_result(result)
    return found


def processors() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _receive(work: Callable[[S, T], R], shared: S) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a person interrupts them all: the first one ends the others
    gc.freeze()  # what is shared is never garbage: looking for some in it takes a tenth of the time
    _shared["work"], _shared["all"] = work, shared


def _done(item: object) -> Any:
    return _shared["work"](_shared["all"], item)

/**
 * Merges sorted streams into one sorted stream, and holds one element of each.
 * @param rank The number by which all streams are sorted, ascending.
 */
export async function* mergeSorted<Element>(
  streams: readonly AsyncIterable<Element>[],
  rank: (element: Element) => number,
): AsyncGenerator<Element> {
  const iterators = streams.map((stream) => stream[Symbol.asyncIterator]());
  const pull = async (iterator: AsyncIterator<Element>) => ({ iterator, next: await iterator.next() });
  // All at once, because each first page is a request.
  let heads = (await Promise.all(iterators.map(pull))).filter(({ next }) => !next.done);
  try {
    while (heads.length > 0) {
      const least = heads.reduce((one, other) =>
        rank(other.next.value) < rank(one.next.value) ? other : one,
      );
      yield least.next.value;
      const following = await pull(least.iterator);
      heads = heads.flatMap((head) => (head !== least ? head : following.next.done ? [] : following));
    }
  } finally {
    await Promise.all(iterators.map((iterator) => iterator.return?.()));
  }
}

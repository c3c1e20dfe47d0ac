// The shortest path: over the fewest people, and of those the one over the strongest ties.

/**
 * @param {number} people
 * @param {{a: ArrayLike<number>, b: ArrayLike<number>, strength: ArrayLike<number>, shown?: (t: number) => boolean}} ties
 * @returns {{people: number[], ties: number[]} | null} null where no chain of ties leads there
 */
export function shortest(people, { a, b, strength, shown = (t) => strength[t] > 0 }, from, to) {
  const next = Array.from({ length: people }, () => /** @type {number[]} */ ([]));
  for (let t = 0; t < a.length; t++) {
    if (!shown(t)) continue;
    next[a[t]].push(t);
    next[b[t]].push(t);
  }
  const steps = new Int32Array(people).fill(-1);
  const length = new Float64Array(people).fill(Infinity);
  const by = new Int32Array(people).fill(-1);
  steps[from] = length[from] = 0;
  // Level by level: lengths of a level are final once the one before has been gone through.
  for (let level = [from]; level.length && steps[to] < 0; ) {
    const further = [];
    for (const person of level) {
      for (const t of next[person]) {
        const other = a[t] === person ? b[t] : a[t];
        if (steps[other] >= 0 && steps[other] !== steps[person] + 1) continue;
        if (steps[other] < 0) {
          steps[other] = steps[person] + 1;
          further.push(other);
        }
        const reached = length[person] + 1 / strength[t];
        if (reached < length[other]) [length[other], by[other]] = [reached, t];
      }
    }
    level = further;
  }
  if (steps[to] < 0) return null;
  const found = { people: [to], ties: [] };
  for (let person = to; person !== from; found.people.unshift(person)) {
    found.ties.unshift(by[person]);
    person = a[by[person]] === person ? b[by[person]] : a[by[person]];
  }
  return found;
}

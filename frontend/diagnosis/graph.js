// The network as numbers: what picture.py packed, unpacked, and its state at any moment between two frames.

const TOP = 35; // levels are digits of base 36 on a root scale

/** @param {any} packed */
export function graph(packed) {
  const frames = packed.days.length;
  const people = packed.x.length;
  const ties = packed.a.length;
  const levels = new Uint8Array(ties * frames);
  packed.life.forEach((life, tie) => {
    const colon = life.indexOf(':');
    const first = Number(life.slice(0, colon));
    for (let k = colon + 1; k < life.length; k++) levels[tie * frames + first + k - colon - 1] = parseInt(life[k], 36);
  });
  const weights = new Uint8Array(people * frames);
  packed.weight.forEach((line, frame) => {
    for (let k = 0; k < people; k++) weights[k * frames + frame] = parseInt(line[k], 36);
  });
  const between = (array, row, at) => {
    const low = Math.floor(at);
    const high = Math.min(frames - 1, low + 1);
    const one = array[row * frames + low];
    return (one + (array[row * frames + high] - one) * (at - low)) / TOP;
  };
  return {
    ...packed,
    frames,
    people,
    ties,
    /** Root of a tie's strength, 0 to 1, at a place between frames. */
    tieAt: (tie, at) => between(levels, tie, at),
    /** Root of a person's weight, 0 to 1. */
    weightAt: (k, at) => between(weights, k, at),
    /** 0 kol, 1 core, 2 regular, 3 word of mouth, 4 silent, 5 not there. */
    stratumAt: (k, at) => Number(packed.stratum[Math.round(at)][k]),
  };
}

/** The outline around points (monotone chain). @param {[number, number][]} points */
export function outline(points) {
  const sorted = [...points].sort((p, q) => p[0] - q[0] || p[1] - q[1]);
  const side = (list) => {
    const made = [];
    for (const p of list) {
      while (made.length > 1) {
        const [a, b] = made.slice(-2);
        if ((b[0] - a[0]) * (p[1] - a[1]) - (b[1] - a[1]) * (p[0] - a[0]) > 0) break;
        made.pop();
      }
      made.push(p);
    }
    return made.slice(0, -1);
  };
  return sorted.length < 3 ? sorted : [...side(sorted), ...side(sorted.reverse())];
}

// The network as numbers: what came in each week, and from it the strength of every tie on any day. The rules are those
// of insight/tie.py, and come with the data.

/** @param {any} told what network.json says */
export function model(told) {
  const { ties, rules, weeks } = told;
  const people = told.names.length;
  const count = ties.a.length;
  const begin = new Uint32Array(count + 1);
  for (let t = 0; t < count; t++) begin[t + 1] = begin[t] + ties.cells[t];
  const week = Int32Array.from(ties.week);
  const forward = new Float64Array(week.length);
  const backward = new Float64Array(week.length);
  const peak = new Float32Array(count);
  const left = (span) => 0.5 ** (span / rules.half_life_weeks);
  for (let t = 0; t < count; t++) {
    for (let k = begin[t]; k < begin[t + 1]; k++) {
      const kept = k > begin[t] ? left(week[k] - week[k - 1]) : 0;
      forward[k] = ties.forward[k] / rules.fine + (kept && forward[k - 1] * kept);
      backward[k] = ties.backward[k] / rules.fine + (kept && backward[k - 1] * kept);
      peak[t] = Math.max(peak[t], forward[k] + backward[k]);
    }
  }

  /** The last cell of a tie up to a week, -1 before its first. */
  function cellAt(t, at) {
    let low = begin[t];
    let high = begin[t + 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (week[middle] <= at) low = middle + 1;
      else high = middle;
    }
    return low > begin[t] ? low - 1 : -1;
  }

  function strengthAt(t, at) {
    const k = cellAt(t, at);
    return k < 0 ? 0 : (forward[k] + backward[k]) * left(at - week[k]);
  }

  /** Every tie and person as of the end of a week; ties of `out` do not count. */
  function state(at, out = -1) {
    const strength = new Float32Array(count);
    const strong = new Uint8Array(count);
    const returned = new Uint8Array(count);
    const weight = new Float32Array(people);
    const degree = new Uint32Array(people);
    const strongDegree = new Uint32Array(people);
    for (let t = 0; t < count; t++) {
      const k = cellAt(t, at);
      if (k < 0) continue;
      const rest = left(at - week[k]);
      const whole = (forward[k] + backward[k]) * rest;
      if (whole < rules.visible || ties.a[t] === out || ties.b[t] === out) continue;
      strength[t] = whole;
      returned[t] = Math.min(forward[k], backward[k]) * rest >= rules.returned ? 1 : 0;
      const mixed = ties.mixed[t] >= 0 && ties.mixed[t] <= at;
      strong[t] = returned[t] && (whole >= rules.strong || (mixed && whole >= rules.strong_mixed)) ? 1 : 0;
      for (const person of [ties.a[t], ties.b[t]]) {
        weight[person] += whole;
        degree[person]++;
        strongDegree[person] += strong[t];
      }
    }
    return { at, out, strength, strong, returned, weight, degree, strongDegree };
  }

  const placeOf = new Int32Array(people).fill(-1);
  told.placed.forEach((person, place) => (placeOf[person] = place));
  const momentAt = (at) => {
    let found = 0;
    while (found + 1 < told.moments.length && told.moments[found + 1] <= at) found++;
    return found;
  };
  const months = weeks.map((_, k) => k).filter((k) => k === weeks.length - 1 || weeks[k].slice(0, 7) !== weeks[k + 1].slice(0, 7));

  return {
    ...told, people, count, begin, cell: { week, forward, backward }, peak, placeOf, months, state, strengthAt,
    last: weeks.length - 1,
    /** 0 kol, 1 core, 2 regular, 3 word of mouth, 4 silent, 5 not there. */
    stratumAt: (person, at) => Number(told.stratum[momentAt(at)]?.[person] ?? 5),
    /** The circle of a person in a state; circles are judged every few weeks, ties in every one. */
    circleIn: (person, now) => (placeOf[person] < 0 || !now.degree[person] ? -1 : told.circle[momentAt(now.at)][placeOf[person]]),
    /** The week that a day is in: the first that ends on it or later. */
    weekOf(day) {
      const found = weeks.findIndex((end) => end >= day);
      return found < 0 ? weeks.length - 1 : found;
    },
    /** Ties of a person in a state, strongest first. */
    tiesOf(person, now) {
      const found = [];
      for (let t = 0; t < count; t++) if (now.strength[t] && (ties.a[t] === person || ties.b[t] === person)) found.push(t);
      return found.sort((t, u) => now.strength[u] - now.strength[t]);
    },
    otherOf: (t, person) => (ties.a[t] === person ? ties.b[t] : ties.a[t]),
    /** What a person, taken out, leaves of strength, connected people and begun conversations: shares of 1. */
    without(person, at) {
      const whole = state(at);
      const rest = state(at, person);
      const sum = (values) => values.reduce((total, value) => total + value, 0);
      const alone = [];
      for (let p = 0; p < people; p++) if (p !== person && whole.degree[p] && !rest.degree[p]) alone.push(p);
      const all = sum(whole.strength);
      const known = person === told.owner && at === weeks.length - 1 ? told.without_owner : null;
      if (known) return { ties: known.ties_left, part: known.largest_left, starts: known.starts_left, alone };
      return { ties: all ? sum(rest.strength) / all : 1, part: largest(rest) / Math.max(1, largest(whole)), starts: starts(person, at), alone };
    },
  };

  /** Share of the conversations of the 90 days before that somebody else began; of all, where those have none. */
  function starts(person, at) {
    const counted = (from) => {
      let [all, own] = [0, 0];
      told.starts.week.forEach((w, k) => {
        if (w > at || w <= from) return;
        all += told.starts.count[k];
        if (told.starts.person[k] === person) own += told.starts.count[k];
      });
      return all ? (all - own) / all : null;
    };
    return counted(at - rules.recent_weeks) ?? counted(-1);
  }

  /** People in the largest connected part. */
  function largest(now) {
    const parent = Int32Array.from({ length: people }, (_, p) => p);
    const root = (p) => {
      while (parent[p] !== p) p = parent[p] = parent[parent[p]];
      return p;
    };
    for (let t = 0; t < count; t++) if (now.strength[t]) parent[root(ties.a[t])] = root(ties.b[t]);
    const size = new Uint32Array(people);
    for (let p = 0; p < people; p++) size[root(p)]++;
    return now.strength.some(Boolean) ? Math.max(...size) : 0;
  }
}

/** Strength of a tie at the end of each month. @param {any} m @param {number} t */
export const monthly = (m, t) => m.months.map((at) => m.strengthAt(t, at));

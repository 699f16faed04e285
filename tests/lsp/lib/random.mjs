// Random numbers that a seed repeats.

export function seedOf(name, fallback) {
  return Number(process.env[name] ?? fallback);
}

export class Random {
  constructor(seed) {
    this.state = seed >>> 0;
  }

  /** In [0, 1). Mulberry32 (T. Ettinger, public domain). */
  next() {
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let t = this.state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  }

  below(count) {
    return Math.floor(this.next() * count);
  }

  one(list) {
    return list[this.below(list.length)];
  }
}

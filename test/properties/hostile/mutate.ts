import type { Random } from '../../../src/core/statistics/random.js';

type Tree = unknown;

const pick = <Item>(items: readonly Item[], random: Random): Item =>
  items[Math.floor(random() * items.length)]!;
const upTo = (most: number, random: Random): number => Math.floor(random() * most);

/** Values at the edges of what numbers, texts and lists may be. */
const EDGES: readonly Tree[] = [
  ...[
    0,
    -1,
    1,
    0.5,
    -0.5,
    63,
    64,
    65,
    255,
    256,
    257,
    511,
    512,
    1023,
    1e5,
    2 ** 31,
    2 ** 32,
    2 ** 40,
    2 ** 48,
  ],
  ...[2 ** 53, -(2 ** 53), 1e15, -1e15, 8.64e15, 1e18, 1e300, -1e300, 5e-324],
  ...['', 'Infinity', '-Infinity', 'NaN', '__proto__', 'AAAA', 'e1', 'a', 'green', 'x'.repeat(3000)],
  ...[null, true, false, [], {}, [[]], [{}], ['a', 1], { version: 1 }],
];

/** What a base64 of numbers may hold that it should not. */
const ODD_NUMBERS = [Number.NaN, Infinity, -Infinity, 1e308, -1e308, 1e15, -1, 0.5, 0, 1e9];

/** One of many ways to spoil a recording; half of them spoil the state of detectors and judge, if there is any. */
export function mutated(lines: readonly string[], random: Random): Buffer {
  const copy = [...lines];
  for (let count = 1 + upTo(3, random); count > 0; count--) {
    if (random() < 0.75) spoilRow(copy, random);
    else moveRows(copy, random);
  }
  const bytes = Buffer.from(`${copy.join('\n')}\n`);
  return random() < 0.25 ? spoilBytes(bytes, random) : bytes;
}

function spoilRow(lines: string[], random: Random): void {
  const states = lines.flatMap((line, index) => (line.startsWith('["state"') ? [index] : []));
  const ofState = states.length > 0 && random() < 0.65;
  // The header's turn comes more often than that of one row among hundreds.
  const index = ofState ? pick(states, random) : random() < 0.1 ? 0 : upTo(lines.length, random);
  const line = lines[index]!;
  const tree = treeOf(line);
  lines[index] =
    tree === undefined ? line.slice(0, upTo(line.length, random)) : JSON.stringify(spoiled(tree, random));
}

/** Of the lines that come again and again. */
const trees = new Map<string, Tree>();
const MOST_TREES = 1000;

/** What the line says; undefined where it is spoilt already. */
function treeOf(line: string): Tree {
  if (trees.has(line)) return trees.get(line);
  try {
    const tree: Tree = JSON.parse(line);
    if (trees.size < MOST_TREES) trees.set(line, tree);
    return tree;
  } catch {
    return undefined;
  }
}

/** The tree with one of its nodes replaced, all as likely; what was not touched is shared. */
function spoiled(tree: Tree, random: Random): Tree {
  return spoiledAt(tree, upTo(count(tree), random), random);
}

/** With the node replaced that a walk comes to after so many others. */
function spoiledAt(tree: Tree, place: number, random: Random): Tree {
  if (place === 0 || typeof tree !== 'object' || tree === null) return replaced(tree, random);
  const copy: Record<string, Tree> = Array.isArray(tree) ? ([...tree] as never) : { ...tree };
  let left = place - 1;
  for (const [key, node] of Object.entries(tree)) {
    const nodes = count(node);
    if (left < nodes) {
      copy[key] = spoiledAt(node, left, random);
      return copy;
    }
    left -= nodes;
  }
  return copy;
}

const counts = new WeakMap<object, number>();

/** The nodes of a tree. */
function count(node: Tree): number {
  if (typeof node !== 'object' || node === null) return 1;
  const known = counts.get(node);
  if (known !== undefined) return known;
  const nodes = Object.values(node).reduce((sum: number, each) => sum + count(each), 1);
  counts.set(node, nodes);
  return nodes;
}

function replaced(node: Tree, random: Random): Tree {
  if (random() < 0.4) return pick(EDGES, random);
  if (typeof node === 'number')
    return pick([-node, node * 2, node + 1, node - 1, node / 2, node * 1e9, node + 0.3], random);
  if (typeof node === 'string') return spoiledText(node, random);
  if (Array.isArray(node)) return spoiledList(node, random);
  if (typeof node !== 'object' || node === null) return pick(EDGES, random);
  const entries = Object.entries(node);
  if (entries.length === 0) return pick(EDGES, random);
  const victim = upTo(entries.length, random);
  if (random() < 0.5) return Object.fromEntries(entries.filter((_, index) => index !== victim));
  const other = pick(entries, random)[1];
  return Object.fromEntries(entries.map(([key, each], index) => [key, index === victim ? other : each]));
}

/** Long texts are base64 of numbers. */
function spoiledText(text: string, random: Random): Tree {
  if (text.length < 16) return pick([`${text}x`, text.slice(1), text.toUpperCase(), 1, null], random);
  const bytes = Buffer.from(text, 'base64');
  const numbers = new Float64Array(
    bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + (bytes.length & ~7)),
  );
  const way = random();
  if (way < 0.6) numbers[upTo(numbers.length, random)] = pick(ODD_NUMBERS, random);
  else if (way < 0.7) numbers.fill(pick(ODD_NUMBERS, random));
  else if (way < 0.8) return text.repeat(1 + upTo(40, random));
  else if (way < 0.9) return text.slice(0, upTo(text.length, random));
  else numbers.reverse();
  return Buffer.from(numbers.buffer).toString('base64');
}

function spoiledList(list: readonly Tree[], random: Random): Tree {
  const item = list.length > 0 ? pick(list, random) : pick(EDGES, random);
  const way = random();
  if (way < 0.3) return list.slice(0, upTo(list.length, random));
  if (way < 0.6) return [...list, item];
  if (way < 0.8) return [...list].reverse();
  return Array.from({ length: pick([20, 70, 300, 1100], random) }, () => item);
}

function moveRows(lines: string[], random: Random): void {
  const [from, to] = [upTo(lines.length, random), upTo(lines.length, random)];
  const way = random();
  if (way < 0.35) lines.splice(from, 1 + upTo(5, random));
  else if (way < 0.7) lines.splice(to, 0, ...lines.slice(from, from + 1 + upTo(10, random)));
  else [lines[from], lines[to]] = [lines[to]!, lines[from]!];
}

function spoilBytes(bytes: Buffer, random: Random): Buffer {
  const from = upTo(bytes.length, random);
  const length = 1 + upTo(40, random);
  const way = random();
  if (way < 0.4)
    for (let at = from; at < Math.min(bytes.length, from + 1 + upTo(4, random)); at++)
      bytes[at] = upTo(256, random);
  else if (way < 0.6) return Buffer.concat([bytes.subarray(0, from), bytes.subarray(from + length)]);
  else if (way < 0.8)
    return Buffer.concat([bytes.subarray(0, from), bytes.subarray(0, length), bytes.subarray(from)]);
  else if (way < 0.9) return bytes.subarray(0, from);
  else bytes.fill(pick([0, 0x0a, 0x30, 0xff], random), from, Math.min(bytes.length, from + length * 20));
  return bytes;
}

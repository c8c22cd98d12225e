// Glyphs of the display: which segments are lit for a character, and where the segments lie.
//
// Seven segments are named a…g as usual: a on top, clockwise to f, g in the middle. Fourteen have
// the middle in two halves g1 g2, and inside, clockwise from top left: h (diagonal), i (upright),
// j (diagonal), m (diagonal), l (upright), k (diagonal).

const SEVEN = {
  '0': 'abcdef', '1': 'bc', '2': 'abdeg', '3': 'abcdg', '4': 'bcfg',
  '5': 'acdfg', '6': 'acdefg', '7': 'abc', '8': 'abcdefg', '9': 'abcdfg',
  '-': 'g', '_': 'd', '=': 'dg', '°': 'abfg', "'": 'f', '"': 'bf', '?': 'abeg', '[': 'adef',
  ']': 'abcd',
  'A': 'abcefg', 'B': 'cdefg', 'C': 'adef', 'D': 'bcdeg', 'E': 'adefg', 'F': 'aefg', 'G': 'acdef',
  'H': 'bcefg', 'I': 'ef', 'J': 'bcde', 'L': 'def', 'N': 'ceg', 'O': 'cdeg', 'P': 'abefg',
  'Q': 'abcfg', 'R': 'eg', 'S': 'acdfg', 'T': 'defg', 'U': 'bcdef', 'Y': 'bcdfg', 'Z': 'abdeg',
  'b': 'cdefg', 'c': 'deg', 'd': 'bcdeg', 'h': 'cefg', 'i': 'c', 'n': 'ceg', 'o': 'cdeg',
  'q': 'abcfg', 'r': 'eg', 't': 'defg', 'u': 'cde',
};

const FOURTEEN = {
  '0': 'a b c d e f', '1': 'b c', '2': 'a b d e g1 g2', '3': 'a b c d g2', '4': 'b c f g1 g2',
  '5': 'a c d f g1 g2', '6': 'a c d e f g1 g2', '7': 'a b c', '8': 'a b c d e f g1 g2',
  '9': 'a b c d f g1 g2',
  'A': 'a b c e f g1 g2', 'B': 'a b c d g2 i l', 'C': 'a d e f', 'D': 'a b c d i l',
  'E': 'a d e f g1 g2', 'F': 'a e f g1 g2', 'G': 'a c d e f g2', 'H': 'b c e f g1 g2',
  'I': 'a d i l', 'J': 'b c d e', 'K': 'e f g1 j m', 'L': 'd e f', 'M': 'b c e f h j',
  'N': 'b c e f h m', 'O': 'a b c d e f', 'P': 'a b e f g1 g2', 'Q': 'a b c d e f m',
  'R': 'a b e f g1 g2 m', 'S': 'a c d f g1 g2', 'T': 'a i l', 'U': 'b c d e f', 'V': 'e f j k',
  'W': 'b c e f k m', 'X': 'h j k m', 'Y': 'h j l', 'Z': 'a d j k',
  'a': 'a b c d e g1 g2', 'b': 'c d e f g1 g2', 'c': 'd e g1 g2', 'd': 'b c d e g1 g2',
  'e': 'a b d e f g1 g2', 'h': 'c e f g1 g2', 'i': 'l', 'k': 'e f g1 j m', 'l': 'd e f',
  'm': 'c e g1 g2 l', 'n': 'c e g1 g2', 'o': 'c d e g1 g2', 'r': 'e g1 g2', 't': 'd e f g1 g2',
  'u': 'c d e', 'v': 'e f j k', 'x': 'h j k m', 'z': 'a d j k',
  '+': 'g1 g2 i l', '-': 'g1 g2', '_': 'd', '/': 'j k', '\\': 'h m', '*': 'g1 g2 h i j k l m',
  '%': 'c f j k', '(': 'j m', ')': 'h k', '=': 'd g1 g2', '°': 'a b f g1 g2', "'": 'i',
  '³': 'a b c d g2', '?': 'a b g2 l',
};

const segmentsOf = (table, split) => {
  const sets = Object.fromEntries(
    Object.entries(table).map(([glyph, names]) => [glyph, new Set(names.split(split))]));
  const none = new Set();
  return glyph => sets[glyph] ?? sets[glyph.toUpperCase()] ?? none;
};

// The set of lit segments for a character; empty for what the glass cannot show.
export const sevenSegments = segmentsOf(SEVEN, '');
export const fourteenSegments = segmentsOf(FOURTEEN, ' ');

const points = list => list.map(([x, y]) => `${+x.toFixed(2)},${+y.toFixed(2)}`).join(' ');

// A segment along a line from (x0, y0) to (x1, y1), upright or level, pointed at both ends.
const bar = (x0, y0, x1, y1, half, gap) => {
  if (y0 === y1)
    return points([[x0 + gap, y0], [x0 + gap + half, y0 - half], [x1 - gap - half, y0 - half],
      [x1 - gap, y0], [x1 - gap - half, y0 + half], [x0 + gap + half, y0 + half]]);
  return points([[x0, y0 + gap], [x0 + half, y0 + gap + half], [x0 + half, y1 - gap - half],
    [x0, y1 - gap], [x0 - half, y1 - gap - half], [x0 - half, y0 + gap + half]]);
};

// A diagonal in the box between two corners; its ends are cut to fit into them.
const diagonal = (x0, y0, x1, y1, width) => {
  const dx = Math.sign(x1 - x0) * width;
  const dy = dx * (y1 - y0) / (x1 - x0);
  return points([[x0, y0], [x0 + dx, y0], [x1, y1 - dy], [x1, y1], [x1 - dx, y1], [x0, y0 + dy]]);
};

const frame = (width, height, half, gap) => {
  const [left, right, top, middle, bottom] = [half, width - half, half, height / 2, height - half];
  return {
    a: bar(left, top, right, top, half, gap),
    b: bar(right, top, right, middle, half, gap),
    c: bar(right, middle, right, bottom, half, gap),
    d: bar(left, bottom, right, bottom, half, gap),
    e: bar(left, middle, left, bottom, half, gap),
    f: bar(left, top, left, middle, half, gap),
  };
};

// The polygons of one digit, by segment name; thickness is that of a segment.
export const sevenShape = (width, height, thickness) => {
  const half = thickness / 2;
  const gap = thickness * 0.09;
  return {
    ...frame(width, height, half, gap),
    g: bar(half, height / 2, width - half, height / 2, half, gap),
  };
};

export const fourteenShape = (width, height, thickness) => {
  const half = thickness / 2;
  const gap = thickness * 0.09;
  const [centre, middle] = [width / 2, height / 2];
  const clear = thickness * 0.22; // between a diagonal and the bars around it
  const [x0, x1] = [thickness + clear, centre - half - clear];
  const [y0, y1] = [thickness + clear, middle - half - clear];
  const slant = (x1 - x0) * 0.44;
  const mirror = x => width - x;
  const flip = y => height - y;
  return {
    ...frame(width, height, half, gap),
    g1: bar(half, middle, centre, middle, half, gap),
    g2: bar(centre, middle, width - half, middle, half, gap),
    h: diagonal(x0, y0, x1, y1, slant),
    i: bar(centre, half + thickness * 0.6, centre, middle, half, gap),
    j: diagonal(mirror(x0), y0, mirror(x1), y1, slant),
    k: diagonal(x0, flip(y0), x1, flip(y1), slant),
    l: bar(centre, middle, centre, height - half - thickness * 0.6, half, gap),
    m: diagonal(mirror(x0), flip(y0), mirror(x1), flip(y1), slant),
  };
};

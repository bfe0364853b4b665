// The frame of a plot as SVG text: size, title, axes with ticks. What is drawn into it is the caller's.

export interface Axis {
  readonly label: string;
  readonly min: number;
  readonly max: number;
  readonly ticks: readonly number[];
  /** Logarithmic; `min` is above 0 then. */
  readonly isLog?: boolean;
}

const WIDTH = 900;
const HEIGHT = 420;
const LEFT = 70;
const RIGHT = 20;
const TOP = 40;
const BOTTOM = 50;

export interface Plot {
  x(value: number): number;
  y(value: number): number;
  readonly floor: number;
}

export function pictureSvg(title: string, x: Axis, y: Axis, draw: (plot: Plot) => readonly string[]): string {
  const plot: Plot = {
    x: (value) => LEFT + share(x, value) * (WIDTH - LEFT - RIGHT),
    y: (value) => HEIGHT - BOTTOM - share(y, value) * (HEIGHT - TOP - BOTTOM),
    floor: HEIGHT - BOTTOM,
  };
  const lines = [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${HEIGHT}" font-family="sans-serif" font-size="12">`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="white"/>`,
    `<text x="${LEFT}" y="22" font-size="15">${escapeXml(title)}</text>`,
    ...x.ticks.map((tick) => {
      const at = plot.x(tick).toFixed(1);
      return `<line x1="${at}" x2="${at}" y1="${TOP}" y2="${plot.floor}" stroke="#ddd"/><text x="${at}" y="${plot.floor + 16}" text-anchor="middle">${tick}</text>`;
    }),
    ...y.ticks.map((tick) => {
      const at = plot.y(tick).toFixed(1);
      return `<line x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${at}" y2="${at}" stroke="#ddd"/><text x="${LEFT - 6}" y="${at}" dy="4" text-anchor="end">${tick}</text>`;
    }),
    `<text x="${(LEFT + WIDTH) / 2}" y="${HEIGHT - 12}" text-anchor="middle">${escapeXml(x.label)}</text>`,
    `<text x="16" y="${HEIGHT / 2}" text-anchor="middle" transform="rotate(-90 16 ${HEIGHT / 2})">${escapeXml(y.label)}</text>`,
    ...draw(plot),
    '</svg>',
  ];
  return `${lines.join('\n')}\n`;
}

function share({ min, max, isLog }: Axis, value: number): number {
  const inside = Math.min(max, Math.max(min, value));
  if (isLog === true) return Math.log(inside / min) / Math.log(max / min);
  return (inside - min) / (max - min);
}

export function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}

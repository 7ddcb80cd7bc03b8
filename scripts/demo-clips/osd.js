/** What a camera writes over its picture: name, running clock, and the code that a program can read. */

/** `cells`: rows of the frame code as `frameCodeCells` gives them. Sizes are parts of the width: the same at every size. */
export function drawOsd(ctx, width, height, { label, seconds, cells, columns, rows, grid, margin }) {
  const u = width / grid;
  const two = (n) => String(Math.floor(n)).padStart(2, '0');
  const text = `${label}   ${two(seconds / 60)}:${two(seconds % 60)}`;
  ctx.save();
  ctx.font = `600 ${(u * 1.75).toFixed(1)}px "DejaVu Sans Mono", "Liberation Mono", monospace`;
  ctx.textBaseline = 'top';
  ctx.lineJoin = 'round';
  ctx.lineWidth = u * 0.28;
  ctx.strokeStyle = 'rgba(0,0,0,0.75)';
  ctx.strokeText(text, u * 1.2, u * 1.1);
  ctx.fillStyle = '#f4f4f0';
  ctx.fillText(text, u * 1.2, u * 1.1);
  const left = width - (margin + columns) * u;
  const top = height - (margin + rows) * u;
  ctx.fillStyle = '#101114';
  ctx.fillRect(left - u / 2, top - u / 2, columns * u + u, rows * u + u);
  cells.forEach((white, i) => {
    ctx.fillStyle = white ? '#e6e6e6' : '#1a1a1a';
    ctx.fillRect(left + (i % columns) * u, top + Math.floor(i / columns) * u, u, u);
  });
  ctx.restore();
}

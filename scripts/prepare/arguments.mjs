/**
 * The parts that a command was asked for by name, in their own order; all where none was named.
 * @param {{ what: string, known: string[], usage: string }} command `what` one of them is called, and what `--help` prints
 * @returns {string[] | undefined} undefined: it was asked for help, and has said it
 * @throws {Error} with a sentence for the person, when there is no such part
 */
export function askedParts({ what, known, usage }) {
  const asked = process.argv.slice(2);
  if (asked.some((a) => a === '--help' || a === '-h')) {
    process.stdout.write(usage);
    return undefined;
  }
  const unknown = asked.filter((name) => !known.includes(name));
  if (unknown.length > 0)
    throw new Error(`There is no ${what} called ${unknown.join(', ')}; there are ${known.join(', ')}.`);
  return known.filter((name) => asked.length === 0 || asked.includes(name));
}

/**
 * Tells this process SIGTERM once nobody reads what it says (`npm test | head`), so that it ends what it started and clears
 * up. Without it Node ends at the first line that nobody takes, and the rest goes on by itself.
 */
export function endWithReader() {
  let gone = false;
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error) => {
      if (error.code !== 'EPIPE') throw error;
      if (gone) return;
      gone = true;
      process.emit('SIGTERM', 'SIGTERM');
    });
  }
}

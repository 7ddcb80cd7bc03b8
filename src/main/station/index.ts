#!/usr/bin/env node
/** The station: the whole product without a window. */
import { cacheCode, findPlaces, readEnvironment } from './config.ts';
import { helpText, readOptions } from './options.ts';
import { StationError } from './stop-with.ts';

/** Older ones crash in the database's binary without a word. */
function needNode(): void {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major > 22 || (major === 22 && minor >= 18)) return;
  throw new StationError(
    `Vigie needs Node 22.18 or later, and this is ${process.version}. "npm start" brings its own.`,
  );
}

async function main(): Promise<number> {
  needNode();
  const options = readOptions(process.argv.slice(2));
  const places = findPlaces();
  switch (options.command) {
    case 'help':
      process.stdout.write(helpText);
      return 0;
    case 'version':
      process.stdout.write(`${places.version}\n`);
      return 0;
    // Each is loaded when it is asked for, after the place for compiled code is known.
    case 'run': {
      cacheCode();
      const { run } = await import('./run.ts');
      return run(options, readEnvironment(), places);
    }
    case 'check': {
      const { check } = await import('./check.ts');
      return check(options, readEnvironment());
    }
    case 'rebuild-index': {
      const { rebuildIndex } = await import('./rebuild-index.ts');
      return rebuildIndex(options, readEnvironment());
    }
    case 'decrypt': {
      const { decrypt } = await import('./decrypt.ts');
      return options.decrypt === null ? 2 : decrypt(options.decrypt, options.data ?? readEnvironment().dataFolder);
    }
    case 'eval': {
      const { evaluate } = await import('./eval.ts');
      return options.eval === null ? 2 : evaluate(options.eval, readEnvironment(), places);
    }
    case 'restore-index': {
      const { restoreIndex } = await import('./restore-index.ts');
      return restoreIndex(options, readEnvironment());
    }
  }
}

main().then(
  (code) => {
    process.exitCode = code;
    // Whatever still holds the process (a hanging disk, a foreign handle) does not keep it.
    setTimeout(() => process.exit(code), 200).unref();
  },
  (error: unknown) => {
    const known = error instanceof StationError;
    process.stderr.write(
      known ? `${error.message}\n` : `${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
    );
    process.exitCode = known ? error.exitCode : 1;
    setTimeout(() => process.exit(), 200).unref();
  },
);

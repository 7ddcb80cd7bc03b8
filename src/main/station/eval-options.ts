/** What `vigie eval` is asked. */
import { StationError } from './stop-with.ts';

export type EvalOptions = {
  folder: string;
  /** Where files of the catalogue's models lie. */
  models: string | null;
  model: string | null;
  plateModel: string | null;
  /** Pictures a second of clips. */
  rate: number;
  json: boolean;
};

const rates = { least: 0.2, most: 10 } as const;

export function evalOptions(
  folder: string | undefined,
  values: {
    models?: string | undefined;
    model?: string | undefined;
    'plate-model'?: string | undefined;
    rate?: string | undefined;
    json?: boolean | undefined;
  },
): EvalOptions {
  const wrong = (text: string): StationError => new StationError(`${text} "vigie --help" lists what there is.`, 2);
  if (folder === undefined) throw wrong('eval needs a folder with labelled pictures or clips.');
  const rate = Number(values.rate ?? 1);
  if (!(rate >= rates.least && rate <= rates.most))
    throw wrong(`--rate needs a number from ${rates.least} to ${rates.most}, not "${values.rate ?? ''}".`);
  return {
    folder,
    models: values.models ?? null,
    model: values.model ?? null,
    plateModel: values['plate-model'] ?? null,
    rate,
    json: values.json ?? false,
  };
}

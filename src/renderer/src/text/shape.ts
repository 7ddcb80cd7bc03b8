/**
 * What a translation must hold, made from the English texts: every key, no more; plural forms that English lacks (`_many`)
 * are allowed. `satisfies Shape<typeof …>` fails the build for a missing key.
 */
export type Shape<T> = {
  [K in keyof T]: T[K] extends string ? string : Shape<T[K]>;
} & {
  [K in keyof T as K extends `${infer Stem}_other` ? `${Stem}_many` : never]?: string;
};

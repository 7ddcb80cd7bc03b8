/** Children as others have them: at the lowest priority, as the product has its decoders, tests that fill the machine leave them nothing. */
export function uneased<A, C extends { ease(): void }, Others>(
  children: Others & { start(args: A): C },
): Others & { start(args: A): C; eased(): number } {
  let eased = 0;
  return {
    ...children,
    start: (args) => ({
      ...children.start(args),
      ease() {
        eased += 1;
      },
    }),
    /** How many of them were to give way to everything else. */
    eased: () => eased,
  };
}

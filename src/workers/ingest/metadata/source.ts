import { openNativeSource } from '../lane/native-source.ts';
import type { Source, SourceDeps, SourceHandler, SourceRequest } from '../lane/source.ts';
import type { MetadataReader } from './reader.ts';

/** Our own client's way to a stream, with the metadata beside its pictures for a reader. The lane knows nothing of it. */
export const withMetadata =
  (reader: MetadataReader) =>
  async (request: SourceRequest, on: SourceHandler, deps: SourceDeps): Promise<Source> => {
    let source: Source | null = null;
    const over = (): void => reader.closed((source?.activity() ?? 0) > 0);
    try {
      const opened = await openNativeSource(
        request,
        {
          ...on,
          metadata: reader.taker,
          lost(fault, moved) {
            over();
            on.lost(fault, moved);
          },
        },
        deps,
      );
      source = opened;
      return {
        ...opened,
        close() {
          over();
          opened.close();
        },
      };
    } catch (error) {
      over();
      throw error;
    }
  };

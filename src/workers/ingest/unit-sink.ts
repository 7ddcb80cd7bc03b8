/**
 * What takes the units of one stream inside an ingest worker. A lane (RTSP client or ffmpeg) feeds a sink; the recorder and
 * the live cache are sinks. All times are on the station's clock, already made continuous by the lane's media clock.
 */
import type { AccessUnit, AudioTrack, VideoTrack } from '#media/format.ts';

export type UnitSink = {
  /**
   * The tracks that following units belong to. Called before the first unit and whenever parameter sets change; the next
   * video unit is then a key frame.
   */
  format(video: VideoTrack, audio: AudioTrack | null): void;
  /**
   * One unit, in decoding order within its track. `arrivedUs`: station time of its last packet. A sink may keep its bytes: they
   * are not changed until the depacketizer, the live cache and the disk have all let go of them (`slab-pool.ts`).
   */
  unit(unit: AccessUnit, arrivedUs: number): void;
  /**
   * The stream is interrupted (lost, stalled, clock jump, stopped): what was taken so far is complete, what follows does not
   * continue it.
   */
  interrupt(): void;
};

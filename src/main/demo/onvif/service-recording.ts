/** The recording itself and the job that fills it (ONVIF Recording Control Service Specification; recording.wsdl). */
import { Fault, invalid, missing } from './fault.ts';
import type { RecordingParts } from './recordings.ts';
import { checkRecording, jobSource, jobToken, recordingToken, sourceInformation, videoTrack } from './recordings.ts';
import type { Call, Handler, Service } from './service.ts';
import { needed } from './service.ts';
import type { Part, Xml } from './xml-write.ts';
import { el } from './xml-write.ts';
import { isoDuration } from './xsd-time.ts';

export function createRecordingService(parts: RecordingParts & { holdsMs: number }): Service {
  const { card } = parts;
  const job = (call: Call): void => {
    if (needed(call, 'JobToken') !== jobToken) throw invalid('NoRecordingJob', 'There is no such recording job.');
  };
  const configuration = (name: string): Xml =>
    el(
      name,
      sourceInformation(parts),
      el('tt:Content', 'Everything'),
      el('tt:MaximumRetentionTime', isoDuration(parts.holdsMs)),
    );
  const track = (name: string): Xml => el(name, el('tt:TrackType', 'Video'), el('tt:Description', 'Main stream'));
  const tracks = (inner: Part): Xml =>
    el('tt:Tracks', el('tt:SourceTag', 'Video'), el('tt:Destination', videoTrack), inner);
  const jobConfiguration = (name: string): Xml =>
    el(
      name,
      el('tt:RecordingToken', recordingToken),
      el('tt:Mode', card.isRecording() ? 'Active' : 'Idle'),
      el('tt:Priority', 1),
      el('tt:Source', jobSource(), tracks(null)),
    );
  const state = (): string => (card.isRecording() ? 'Active' : 'Idle');
  const fixed = (): Fault =>
    new Fault('Receiver', ['ter:ActionNotSupported', 'ter:NotImplemented'], 'The recording of this camera is fixed.');

  const handlers: Record<string, Handler> = {
    GetRecordings: () =>
      el(
        'trc:GetRecordingsResponse',
        el(
          'trc:RecordingItem',
          el('tt:RecordingToken', recordingToken),
          configuration('tt:Configuration'),
          el('tt:Tracks', el('tt:Track', el('tt:TrackToken', videoTrack), track('tt:Configuration'))),
        ),
      ),
    GetRecordingConfiguration: (call) => {
      checkRecording(needed(call, 'RecordingToken'));
      return el('trc:GetRecordingConfigurationResponse', configuration('trc:RecordingConfiguration'));
    },
    GetTrackConfiguration: (call) => {
      checkRecording(needed(call, 'RecordingToken'));
      if (needed(call, 'TrackToken') !== videoTrack) throw invalid('NoTrack', 'There is no such track.');
      return el('trc:GetTrackConfigurationResponse', track('trc:TrackConfiguration'));
    },
    GetRecordingOptions: (call) => {
      checkRecording(needed(call, 'RecordingToken'));
      return el(
        'trc:GetRecordingOptionsResponse',
        el(
          'trc:Options',
          el('trc:Job', { Spare: 0 }),
          el('trc:Track', { SpareTotal: 0, SpareVideo: 0, SpareAudio: 0, SpareMetadata: 0 }),
        ),
      );
    },
    GetRecordingJobs: () =>
      el(
        'trc:GetRecordingJobsResponse',
        el('trc:JobItem', el('tt:JobToken', jobToken), jobConfiguration('tt:JobConfiguration')),
      ),
    GetRecordingJobConfiguration: (call) => {
      job(call);
      return el('trc:GetRecordingJobConfigurationResponse', jobConfiguration('trc:JobConfiguration'));
    },
    GetRecordingJobState: (call) => {
      job(call);
      return el(
        'trc:GetRecordingJobStateResponse',
        el(
          'trc:State',
          el('tt:RecordingToken', recordingToken),
          el('tt:State', state()),
          el(
            'tt:Sources',
            jobSource(),
            el('tt:State', state()),
            el(
              'tt:Tracks',
              el('tt:Track', el('tt:SourceTag', 'Video'), el('tt:Destination', videoTrack), el('tt:State', state())),
            ),
          ),
        ),
      );
    },
    SetRecordingJobMode: (call) => {
      job(call);
      const mode = needed(call, 'Mode');
      if (mode !== 'Active' && mode !== 'Idle') throw missing('Mode');
      if (mode === 'Active') card.start();
      else card.stop();
      return el('trc:SetRecordingJobModeResponse');
    },
    CreateRecording: () => {
      throw fixed();
    },
    DeleteRecording: () => {
      throw fixed();
    },
  };
  return {
    prefix: 'trc',
    version: { major: 21, minor: 12 },
    capabilities: () =>
      el('trc:Capabilities', {
        DynamicRecordings: false,
        DynamicTracks: false,
        Encoding: parts.stream.codec.toUpperCase(),
        MaxRecordings: 1,
        MaxRecordingJobs: 1,
        Options: true,
        MetadataRecording: false,
        OnboardStorage: true,
      }),
    handlers,
  };
}

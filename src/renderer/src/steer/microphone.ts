/** The microphone of this PC, as frames that cameras understand. */
import microphoneThread from './microphone-thread.ts?worker&url';

export type MicrophoneFrame = { frame: Uint8Array<ArrayBuffer>; peak: number };
export type MicrophoneFault = 'refused' | 'none' | 'insecure' | 'busy';

export class MicrophoneError extends Error {
  readonly fault: MicrophoneFault;
  constructor(fault: MicrophoneFault) {
    super(fault);
    this.fault = fault;
  }
}

const faultOf = (error: unknown): MicrophoneFault => {
  const name = error instanceof DOMException ? error.name : '';
  return name === 'NotAllowedError' || name === 'SecurityError'
    ? 'refused'
    : name === 'NotFoundError'
      ? 'none'
      : 'busy';
};

/** Asks for leave the first time. Throws `MicrophoneError`. Returns the stop, after which the microphone is off. */
export async function openMicrophone(take: (frame: MicrophoneFrame) => void): Promise<() => void> {
  // Pages that are not from this PC and not encrypted have no microphone at all.
  if (!window.isSecureContext) throw new MicrophoneError('insecure');
  let stream: MediaStream;
  try {
    stream = await navigator.mediaDevices.getUserMedia({
      audio: { channelCount: 1, echoCancellation: true, noiseSuppression: true, autoGainControl: true },
    });
  } catch (error) {
    throw new MicrophoneError(faultOf(error));
  }
  const context = new AudioContext({ latencyHint: 'interactive' });
  const stop = (): void => {
    for (const track of stream.getTracks()) track.stop();
    if (context.state !== 'closed') void context.close();
  };
  try {
    await context.audioWorklet.addModule(microphoneThread);
    const node = new AudioWorkletNode(context, 'vigie-microphone', {
      numberOfOutputs: 0,
      channelCount: 1,
      channelCountMode: 'explicit',
    });
    node.port.onmessage = (event: MessageEvent<MicrophoneFrame>) => {
      take(event.data);
    };
    context.createMediaStreamSource(stream).connect(node);
    await context.resume();
  } catch {
    stop();
    throw new MicrophoneError('busy');
  }
  return stop;
}

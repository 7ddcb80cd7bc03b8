/** Pan, tilt, zoom (ONVIF PTZ Service Specification; ver20/ptz.wsdl). */
import type { DeviceClock } from './device-clock.ts';
import { Fault, invalid, missing } from './fault.ts';
import type { MediaSettings } from './media-settings.ts';
import { noConfig, tokenOf } from './media-settings.ts';
import type { Axis, Position, PtzHead } from './ptz-head.ts';
import { axes } from './ptz-head.ts';
import { ptzConfiguration, reach, space, spacesXml, vector } from './ptz-xml.ts';
import type { Call, Handler, Service } from './service.ts';
import { isTrue, needed, numberIn } from './service.ts';
import type { Terminals } from './terminals.ts';
import type { XmlElement } from './xml-read.ts';
import { childOf, textOf } from './xml-read.ts';
import type { Xml } from './xml-write.ts';
import { el, flag } from './xml-write.ts';
import { isoDuration, isoTime, readDuration } from './xsd-time.ts';

const maxPresets = 64;
const timeoutRange = { minMs: 1_000, maxMs: 60_000 };

export function createPtzService(parts: {
  settings: MediaSettings;
  head: PtzHead;
  clock: DeviceClock;
  terminals: Terminals;
}): Service & { timeout: () => string } {
  const { settings, head, clock, terminals } = parts;
  const presets = new Map<string, { name: string; at: Position }>([
    ['1', { name: 'Whole yard', at: { pan: 0, tilt: 0, zoom: 0 } }],
    ['2', { name: 'Side wall', at: { pan: -0.5, tilt: 0, zoom: 0 } }],
    ['3', { name: 'Containers', at: { pan: 0.5, tilt: 0, zoom: 0 } }],
    ['4', { name: 'Dock 4', at: { pan: -0.33, tilt: 0.1, zoom: 0.7 } }],
  ]);
  let home: Position = { pan: 0, tilt: 0, zoom: 0 };
  let defaultTimeoutMs = 10_000;
  const timeout = (): string => isoDuration(defaultTimeoutMs);
  const profile = (call: Call): void => void settings.byProfile(needed(call, 'ProfileToken'));
  const configuration = (name: string): Xml => ptzConfiguration(name, timeout(), settings.entries.length);
  const configured = (token: string): void => {
    if (token !== tokenOf.ptz) throw noConfig();
  };

  /** A vector of the request within the generic space that is meant, or none of its parts. */
  function read(
    at: XmlElement | undefined,
    uris: { flat: string; line: string },
    least: { flat: number; line: number },
    whole: Fault,
    most: Position = { pan: 1, tilt: 1, zoom: 1 },
  ): Partial<Position> {
    const flat = childOf(at, 'PanTilt');
    const zoom = childOf(at, 'Zoom');
    for (const [part, uri] of [
      [flat, uris.flat],
      [zoom, uris.line],
    ] as const) {
      const given = part?.attributes.get('space');
      if (given !== undefined && given !== '' && given !== uri)
        throw invalid('SpaceNotSupported', 'That space is not offered; the generic one is.');
    }
    const number = (part: XmlElement, name: string, from: number, to: number): number => {
      const v = numberIn(part.attributes.get(name), from, to);
      if (v === undefined) throw whole;
      return v;
    };
    return {
      ...(flat && {
        pan: number(flat, 'x', least.flat, most.pan),
        tilt: number(flat, 'y', least.flat < -1 ? -most.tilt : least.flat, most.tilt),
      }),
      ...(zoom && { zoom: number(zoom, 'x', least.line, most.zoom) }),
    };
  }
  /** A position in the generic spaces, or in degrees and millimetres. */
  function readPosition(at: XmlElement | undefined): Partial<Position> {
    const [flat, zoom] = [childOf(at, 'PanTilt'), childOf(at, 'Zoom')];
    const inDegrees = flat?.attributes.get('space') === space.degrees;
    const inMm = zoom?.attributes.get('space') === space.millimetres;
    const uris = {
      flat: inDegrees ? space.degrees : space.position,
      line: inMm ? space.millimetres : space.zoomPosition,
    };
    const { panDegrees, tiltDegrees, wideMm, teleMm } = reach;
    const to = read(at, uris, { flat: inDegrees ? -panDegrees : -1, line: inMm ? wideMm : 0 }, outOfBounds, {
      pan: inDegrees ? panDegrees : 1,
      tilt: inDegrees ? tiltDegrees : 1,
      zoom: inMm ? teleMm : 1,
    });
    return {
      ...to,
      ...(inDegrees && { pan: (to.pan ?? 0) / panDegrees, tilt: (to.tilt ?? 0) / tiltDegrees }),
      ...(inMm && { zoom: ((to.zoom ?? wideMm) - wideMm) / (teleMm - wideMm) }),
    };
  }
  const outOfBounds = invalid('InvalidPosition', 'That position is outside of the range.');
  const badSpeed = invalid('InvalidSpeed', 'That speed is outside of the range.');
  const badVelocity = invalid('InvalidVelocity', 'That velocity is outside of the range.');
  const badWay = invalid('InvalidTranslation', 'That way is outside of the range.');
  const speedOf = (call: Call): Partial<Position> =>
    read(
      childOf(call.operation, 'Speed'),
      { flat: space.speed, line: space.zoomSpeed },
      { flat: 0, line: 0 },
      badSpeed,
    );

  const presetOf = (call: Call): { token: string; preset: { name: string; at: Position } } => {
    const token = needed(call, 'PresetToken');
    const preset = presets.get(token);
    if (!preset) throw invalid('NoToken', 'There is no such preset.');
    return { token, preset };
  };

  function setPreset(call: Call): Xml {
    profile(call);
    const given = textOf(call.operation, 'PresetToken');
    const name = textOf(call.operation, 'PresetName');
    const known = given === undefined || given === '' ? undefined : presets.get(given);
    if (given !== undefined && given !== '' && !known) throw invalid('NoToken', 'There is no such preset.');
    if (name !== undefined && [...presets].some(([t, p]) => p.name === name && t !== given))
      throw invalid('PresetExist', 'Another preset has that name.');
    if (name !== undefined && name.length > 64) throw invalid('InvalidPresetName', 'A name has 64 characters at most.');
    if (!known && presets.size >= maxPresets)
      throw new Fault('Receiver', ['ter:Action', 'ter:TooManyPresets'], 'There is no room for another preset.');
    let free = 1;
    while (presets.has(String(free))) free++;
    const token = known ? (given ?? '') : String(free);
    const title = name === undefined || name === '' ? (known?.name ?? `Preset ${token}`) : name;
    presets.set(token, { name: title, at: head.position() });
    return el('tptz:SetPresetResponse', el('tptz:PresetToken', token));
  }

  function continuous(call: Call): Xml {
    profile(call);
    const velocity = read(
      childOf(call.operation, 'Velocity'),
      { flat: space.velocity, line: space.zoomVelocity },
      { flat: -1, line: -1 },
      badVelocity,
    );
    if (Object.keys(velocity).length === 0) throw missing('Velocity');
    const wish = textOf(call.operation, 'Timeout');
    const ms = wish === undefined || wish === '' ? defaultTimeoutMs : readDuration(wish);
    if (ms === null || ms < 0) throw invalid('TimeoutNotSupported', 'That timeout cannot be kept.');
    head.run(velocity, Math.min(timeoutRange.maxMs, ms));
    return el('tptz:ContinuousMoveResponse');
  }

  const node = (name: string): Xml =>
    el(
      name,
      { token: tokenOf.ptzNode, FixedHomePosition: false, GeoMove: false },
      el('tt:Name', 'Head'),
      spacesXml('tt:SupportedPTZSpaces'),
      el('tt:MaximumNumberOfPresets', maxPresets),
      flag('tt:HomeSupported', true),
      terminals.auxiliary().map((a) => el('tt:AuxiliaryCommands', a)),
    );

  const handlers: Record<string, Handler> = {
    GetNodes: () => el('tptz:GetNodesResponse', node('tptz:PTZNode')),
    GetNode: (call) => {
      if (needed(call, 'NodeToken') !== tokenOf.ptzNode) throw invalid('NoEntity', 'There is no such node.');
      return el('tptz:GetNodeResponse', node('tptz:PTZNode'));
    },
    GetConfigurations: () => el('tptz:GetConfigurationsResponse', configuration('tptz:PTZConfiguration')),
    GetCompatibleConfigurations: (call) => {
      profile(call);
      return el('tptz:GetCompatibleConfigurationsResponse', configuration('tptz:PTZConfiguration'));
    },
    GetConfiguration: (call) => {
      configured(needed(call, 'PTZConfigurationToken'));
      return el('tptz:GetConfigurationResponse', configuration('tptz:PTZConfiguration'));
    },
    GetConfigurationOptions: (call) => {
      configured(needed(call, 'ConfigurationToken'));
      return el(
        'tptz:GetConfigurationOptionsResponse',
        el(
          'tptz:PTZConfigurationOptions',
          spacesXml('tt:Spaces'),
          el(
            'tt:PTZTimeout',
            el('tt:Min', isoDuration(timeoutRange.minMs)),
            el('tt:Max', isoDuration(timeoutRange.maxMs)),
          ),
        ),
      );
    },
    SetConfiguration: (call) => {
      const c = childOf(call.operation, 'PTZConfiguration');
      configured(c?.attributes.get('token') ?? '');
      const wish = textOf(c, 'DefaultPTZTimeout');
      const ms = wish === undefined ? defaultTimeoutMs : readDuration(wish);
      if (ms === null || ms < timeoutRange.minMs || ms > timeoutRange.maxMs)
        throw new Fault('Receiver', ['ter:Action', 'ter:ConfigModify'], 'The timeout is outside of its range.');
      defaultTimeoutMs = ms;
      return el('tptz:SetConfigurationResponse');
    },
    GetStatus: (call) => {
      profile(call);
      const moving = head.moving();
      return el(
        'tptz:GetStatusResponse',
        el(
          'tptz:PTZStatus',
          el('tt:Position', vector(head.position())),
          el(
            'tt:MoveStatus',
            el('tt:PanTilt', moving.pan || moving.tilt ? 'MOVING' : 'IDLE'),
            el('tt:Zoom', moving.zoom ? 'MOVING' : 'IDLE'),
          ),
          el('tt:UtcTime', isoTime(clock.nowMs())),
        ),
      );
    },
    ContinuousMove: continuous,
    AbsoluteMove: (call) => {
      profile(call);
      const to = readPosition(childOf(call.operation, 'Position'));
      if (Object.keys(to).length === 0) throw missing('Position');
      head.go(to, speedOf(call));
      return el('tptz:AbsoluteMoveResponse');
    },
    RelativeMove: (call) => {
      profile(call);
      const by = read(
        childOf(call.operation, 'Translation'),
        { flat: space.translation, line: space.zoomTranslation },
        { flat: -1, line: -1 },
        badWay,
      );
      if (Object.keys(by).length === 0) throw missing('Translation');
      const from = head.position();
      const to = Object.fromEntries(
        axes.flatMap((axis) => (by[axis] === undefined ? [] : [[axis, from[axis] + by[axis]]])),
      ) as Partial<Position>;
      head.go(to, speedOf(call));
      return el('tptz:RelativeMoveResponse');
    },
    Stop: (call) => {
      profile(call);
      const flat = textOf(call.operation, 'PanTilt');
      const zoom = textOf(call.operation, 'Zoom');
      // Without both, everything stops (§5.3.5).
      const all = flat === undefined && zoom === undefined;
      const which: Axis[] = [
        ...(all || isTrue(flat) ? (['pan', 'tilt'] as const) : []),
        ...(all || isTrue(zoom) ? (['zoom'] as const) : []),
      ];
      head.stop(which);
      return el('tptz:StopResponse');
    },
    GotoHomePosition: (call) => {
      profile(call);
      head.go(home, speedOf(call));
      return el('tptz:GotoHomePositionResponse');
    },
    SetHomePosition: (call) => {
      profile(call);
      home = head.position();
      return el('tptz:SetHomePositionResponse');
    },
    GetPresets: (call) => {
      profile(call);
      return el(
        'tptz:GetPresetsResponse',
        [...presets].map(([token, p]) =>
          el('tptz:Preset', { token }, el('tt:Name', p.name), el('tt:PTZPosition', vector(p.at))),
        ),
      );
    },
    SetPreset: setPreset,
    GotoPreset: (call) => {
      profile(call);
      head.go(presetOf(call).preset.at, speedOf(call));
      return el('tptz:GotoPresetResponse');
    },
    RemovePreset: (call) => {
      profile(call);
      presets.delete(presetOf(call).token);
      return el('tptz:RemovePresetResponse');
    },
    SendAuxiliaryCommand: (call) => {
      profile(call);
      const command = needed(call, 'AuxiliaryData');
      terminals.command(command);
      return el('tptz:SendAuxiliaryCommandResponse', el('tptz:AuxiliaryResponse', command));
    },
  };
  return {
    prefix: 'tptz',
    version: { major: 21, minor: 12 },
    capabilities: () =>
      el('tptz:Capabilities', {
        EFlip: false,
        Reverse: false,
        GetCompatibleConfigurations: true,
        MoveStatus: true,
        StatusPosition: true,
      }),
    handlers,
    timeout,
  };
}

import { describe, expect, test } from 'vitest';
import { menuTemplate } from './menu.ts';
import { noticePage } from './notice-page.ts';
import { createQuit, type QuitAnswer, quitBox } from './quit.ts';
import { textFor } from './text.ts';

const actions = { newWindow: () => undefined, leaveKiosk: () => undefined, quit: () => undefined };

describe('menu', () => {
  test.each([false, true])('its keys leave the wall alone (mac: %s)', (mac) => {
    const keys = menuTemplate(textFor('en'), mac, false, actions)
      .flatMap((m) => (Array.isArray(m.submenu) ? m.submenu : []))
      .flatMap((i) => i.accelerator ?? []);
    expect(keys.length).toBeGreaterThan(5);
    for (const key of keys) {
      expect(key).not.toMatch(/^(\w|Space|Home|Left|Right|Up|Down|Enter)$/);
      expect(key).not.toMatch(/^(CmdOrCtrl|Ctrl|Command)\+([1-9]|K)$/);
    }
    expect(new Set(keys).size).toBe(keys.length);
  });
});

describe('words', () => {
  test('every language says everything', () => {
    expect([textFor('fr-CA').quit, textFor('pt-BR').quit, textFor('de').quit]).toEqual([
      'Quitter Vigie',
      'Sair do Vigie',
      'Quit Vigie',
    ]);
    expect(textFor('en').recording(1)).toBe('Vigie: recording 1 stream');
  });
  test('a page of the shell shows what it is given as text, never as markup', () => {
    const html = decodeURIComponent(
      noticePage({ title: '<b>', body: '<script>alert(1)</script>"', actions: [{ label: '&', href: 'vigie:retry' }] }),
    );
    expect(html).not.toContain('<script>');
    expect(html).toContain('&lt;script&gt;alert(1)&lt;/script&gt;&quot;');
    expect(html).toContain("default-src 'none'");
  });
});

describe('quitting', () => {
  function desk(streams: number, answers: QuitAnswer[]) {
    const done: string[] = [];
    const quit = createQuit({
      recording: () => streams,
      ask: async () => (done.push('asked'), answers.shift() ?? 'cancel'),
      stopStation: async () => void done.push('stopped'),
      toBackground: () => void done.push('background'),
      leave: () => void done.push('left'),
    });
    return { quit, done };
  }
  const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

  test('asks while recording, once at a time', async () => {
    const { quit, done } = desk(2, ['cancel', 'background', 'quit']);
    expect([quit.request(), quit.request()]).toEqual([false, false]);
    await settle();
    expect(done).toEqual(['asked']);
    quit.request();
    await settle();
    expect(done).toEqual(['asked', 'asked', 'background']);
    quit.request();
    await settle();
    expect(done).toEqual(['asked', 'asked', 'background', 'asked', 'stopped', 'left']);
    expect(quit.request()).toBe(true);
  });
  test('does not ask when nothing is recorded, nor when the system says so', async () => {
    const idle = desk(0, []);
    idle.quit.request();
    await settle();
    expect(idle.done).toEqual(['stopped', 'left']);
    const told = desk(5, []);
    told.quit.now();
    told.quit.now();
    await settle();
    expect(told.done).toEqual(['stopped', 'left']);
  });
  test('each button means what it says', () => {
    const box = quitBox(textFor('en'), 3);
    expect(box.options.buttons.map((_b, i) => box.answer(i))).toEqual(['background', 'quit', 'cancel']);
    expect(box.options.detail).toContain('3 streams are being recorded');
  });
});

import type { Page } from 'playwright-core';
import { expect } from 'vitest';

/**
 * Words that a person cannot read to their end: they reach beyond a box that hides what is outside of it, out of the window where
 * nothing scrolls, or out of a row over what is beside it. What can be scrolled to is not cut; nor is what is there for screen readers
 * (`.away`) or comes with the focus (`.skip`). What people named themselves may end in an ellipsis where the whole of it is the title.
 */
export const cutText = (page: Page): Promise<string[]> =>
  page.evaluate<string[]>(`(() => {
    const found = new Set();
    const slack = 1.5;
    const say = (el, text, by) => {
      const where = [el.closest('[class]')?.className ?? '', el.tagName.toLowerCase()].join(' ').trim().slice(0, 60);
      found.add(by.toFixed(0) + ' px of "' + text.trim().slice(0, 60) + '" (' + where + ')');
    };
    const style = new Map();
    const of = (el) => { let s = style.get(el); if (!s) style.set(el, (s = getComputedStyle(el))); return s; };
    // Asked once of each element: the page stands still meanwhile.
    const once = (ask) => { const known = new Map(); return (el) => { let k = known.get(el); if (k === undefined) known.set(el, (k = ask(el))); return k; }; };
    const around = once((el) => { const { overflowX, overflowY, position } = of(el); return { overflowX, overflowY, position, box: el.getBoundingClientRect() }; });
    const hidden = once((el) => el.closest('.away, .skip, [hidden], [aria-hidden="true"] canvas') !== null || !el.checkVisibility({ opacityProperty: true, visibilityProperty: true }));
    const titled = (el, text) => { for (let e = el; e && e !== document.body; e = e.parentElement) if ((e.getAttribute('title') ?? '').includes(text.trim())) return true; return false; };
    // How far the text at a place reaches beyond what is shown of it, px.
    const beyond = (el, rect) => {
      let worst = 0;
      let scrollsX = false, scrollsY = false;
      for (let e = el; e; e = e.parentElement) {
        if (e === document.documentElement || e === document.body) break;
        const s = around(e);
        const { box } = s;
        if (s.overflowX === 'auto' || s.overflowX === 'scroll') scrollsX = true;
        else if (s.overflowX !== 'visible' && !scrollsX) worst = Math.max(worst, rect.right - box.right, box.left - rect.left);
        if (s.overflowY === 'auto' || s.overflowY === 'scroll') scrollsY = true;
        else if (s.overflowY !== 'visible' && !scrollsY) worst = Math.max(worst, rect.bottom - box.bottom - 2, box.top - rect.top - 2);
        if (s.position === 'fixed') break;
      }
      if (!scrollsX) worst = Math.max(worst, rect.right - innerWidth, -rect.left);
      if (!scrollsY) worst = Math.max(worst, rect.bottom - innerHeight, -rect.top);
      return worst;
    };
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const range = document.createRange();
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const el = node.parentElement;
      if (!el || node.data.trim() === '' || ['SCRIPT', 'STYLE', 'OPTION', 'TEXTAREA'].includes(el.tagName) || hidden(el)) continue;
      range.selectNodeContents(node);
      for (const rect of range.getClientRects()) {
        if (rect.width === 0) continue;
        const by = beyond(el, rect);
        if (by > slack && !titled(el, node.data)) { say(el, node.data, by); break; }
      }
    }
    // What a row has no room for lies over what is beside it.
    for (const row of document.querySelectorAll('body *')) {
      const s = of(row);
      if (!s.display.includes('flex') || s.flexWrap !== 'nowrap' || s.flexDirection !== 'row' || s.overflowX !== 'visible' || hidden(row)) continue;
      const box = row.getBoundingClientRect();
      for (const part of row.children) {
        const inFlow = !['absolute', 'fixed'].includes(of(part).position) && !hidden(part);
        const by = around(part).box.right - box.right;
        if (inFlow && by > slack && part.textContent.trim() !== '') say(part, part.textContent, by);
      }
    }
    // What stands in a field that is chosen from or told, and the hints of empty ones.
    const pen = document.createElement('canvas').getContext('2d');
    for (const field of document.querySelectorAll('input, select')) {
      if (hidden(field) || ['checkbox', 'radio', 'range', 'hidden', 'date', 'time', 'datetime-local'].includes(field.type)) continue;
      const chosen = field.tagName === 'SELECT' || field.readOnly;
      const text = field.tagName === 'SELECT' ? (field.selectedOptions[0]?.text ?? '') : field.value === '' ? field.placeholder : chosen ? field.value : '';
      if (text === '' || titled(field, text)) continue;
      const s = of(field);
      pen.font = s.font;
      const room = field.clientWidth - parseFloat(s.paddingLeft) - parseFloat(s.paddingRight);
      const by = pen.measureText(text).width - room;
      if (by > slack) say(field, text, by);
    }
    return [...found];
  })()`);

/** No words are cut on the page as it stands; `where` names it in the failure. */
export async function expectUncut(page: Page, where: string): Promise<void> {
  expect(await cutText(page), where).toEqual([]);
}

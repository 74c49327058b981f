/**
 * What would be in the way of somebody who reads the page with a screen reader, by keyboard, or on a phone. These run in
 * the browser, so each stands alone.
 */
export function faultsOfStructure(): string[] {
  const all = (selector: string): HTMLElement[] => [...document.querySelectorAll<HTMLElement>(selector)];
  const levels = all('h1, h2, h3').map(({ tagName }) => Number(tagName[1]));
  const ids = all('[id]').map(({ id }) => id);
  const fields = all('input:not([type=hidden]), select, textarea');
  const nameOf = (control: HTMLElement) => (control.getAttribute('aria-label') ?? control.textContent ?? '').trim();
  const isRagged = (row: HTMLElement) =>
    row.children.length !== row.closest('table')?.querySelector('thead tr')?.children.length;
  const faults: [fault: string, holds: boolean][] = [
    ['no language', document.documentElement.lang === ''],
    ['not one main landmark', all('main').length !== 1],
    ['not one h1', all('h1').length !== 1],
    ['a heading level is left out', levels.some((level, i) => level > (levels[i - 1] ?? 1) + 1)],
    ['an id is there twice', new Set(ids).size < ids.length],
    ['a field without label', fields.some(({ id }) => !document.querySelector(`label[for="${id}"]`))],
    ['a table without caption', all('table').some((table) => !table.querySelector('caption'))],
    ['a row with other cells than its table has columns', all('tbody tr').some(isRagged)],
    ['a table header without scope', all('th:not([scope])').length > 0],
    ['a link or button without name', all('a, button').some((control) => nameOf(control) === '')],
    ['wider than the screen', document.documentElement.scrollWidth > window.innerWidth],
  ];
  return faults.flatMap(([fault, holds]) => (holds ? [fault] : []));
}

/** Text with less contrast than WCAG 2.2 asks for (1.4.3: 4.5 to 1). */
export function faintTexts(): string[] {
  const channels = (colour: string): number[] => (colour.match(/[\d.]+/g) ?? []).map(Number);
  const luminance = (colour: string): number => {
    const [r = 0, g = 0, b = 0] = channels(colour)
      .slice(0, 3)
      .map((value) => value / 255)
      .map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (element: HTMLElement | null): string => {
    if (!element) return 'rgb(255, 255, 255)';
    const colour = getComputedStyle(element).backgroundColor;
    return channels(colour)[3] === 0 ? behind(element.parentElement) : colour;
  };
  const contrast = (element: HTMLElement): number => {
    const pair = [luminance(getComputedStyle(element).color), luminance(behind(element))];
    return (Math.max(...pair) + 0.05) / (Math.min(...pair) + 0.05);
  };
  const hasText = (element: HTMLElement): boolean =>
    [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && (node.textContent ?? '').trim() !== '');
  return [...document.querySelectorAll<HTMLElement>('body *')]
    .filter((element) => element.tagName !== 'OPTION' && hasText(element) && contrast(element) < 4.5)
    .map((element) => `too faint: ${(element.textContent ?? '').trim().slice(0, 30)}`);
}

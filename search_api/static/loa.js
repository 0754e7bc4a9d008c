// Keyboard, live facets and the echo of what a query is taken to mean. Every page is complete without this file.
'use strict';
(() => {
  const $ = (selector, from = document) => from.querySelector(selector);
  const $$ = (selector, from = document) => [...from.querySelectorAll(selector)];
  const typing = (element) => element && (element.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(element.tagName));

  // Keys: "/" to the query, j and k from result to result, Enter opens as usual, "g" then a letter to a page, Escape closes or leaves.
  const PLACES = { t: '/', k: '/tim', p: '/tinh', m: '/kinh-phi', n: '/nguon', b: '/ban-tin', h: '/tro-giup' };
  let waiting = false;
  const step = (by) => {
    const links = $$('[data-item]').filter((link) => link.getClientRects().length);
    if (!links.length) return;
    const at = links.indexOf(document.activeElement);
    const next = links[at < 0 ? (by > 0 ? 0 : links.length - 1) : Math.min(links.length - 1, Math.max(0, at + by))];
    next.focus();
    next.scrollIntoView({ block: 'nearest' });
  };
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const open = $('header details[open]');
    if (event.key === 'Escape') {
      if (open) { open.open = false; $('summary', open).focus(); } else if (typing(event.target)) event.target.blur();
      return;
    }
    if (typing(event.target)) return;
    if (waiting) {
      waiting = false;
      const link = PLACES[event.key] && $$('header nav a').find((a) => new URL(a.href).pathname === PLACES[event.key]);
      if (link) { event.preventDefault(); location.assign(link.href); }
      return;
    }
    // A button, link or field of the page with a key of its own.
    const own = /^[a-z]$/.test(event.key) && $(`[data-key="${event.key}"]`);
    if (own) { event.preventDefault(); if (/^(SELECT|INPUT)$/.test(own.tagName)) own.focus(); else own.click(); return; }
    if (event.key === '/') { event.preventDefault(); const box = $('#cau-tim') || $('#q'); box.focus(); box.select(); }
    else if (event.key === 'j') step(1);
    else if (event.key === 'k') step(-1);
    else if (event.key === 'g') waiting = true;
    else if (event.key === '?') { const help = $$('header nav a').find((a) => new URL(a.href).pathname === '/tro-giup'); if (help) location.assign(help.href); }
  });

  // A menu of the head closes when the reader goes elsewhere.
  document.addEventListener('click', (event) => {
    for (const open of $$('header details[open]')) if (!open.contains(event.target)) open.open = false;
  });
})();

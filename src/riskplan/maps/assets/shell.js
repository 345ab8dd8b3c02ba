/* The frame: title, panel with tabs, places for legends and the time line. */
riskplan.layer.shell = function (map, shared) {
  'use strict';
  const el = riskplan.el;
  riskplan.shared = shared;
  const say = riskplan.say;

  const head = el('header', 'head');
  head.appendChild(el('h1', 'title', shared.title));
  head.appendChild(el('p', 'subtitle', shared.subtitle));
  const chips = el('div', 'chips');
  shared.chips.forEach(function (chip) {
    const node = el('span', 'chip', chip.text);
    node.title = chip.note;
    chips.appendChild(node);
  });
  if (shared.chips.length) { head.appendChild(chips); }

  const panel = el('aside', 'panel');
  const search = el('div', 'search');
  const tabs = el('nav', 'tabs');
  const body = el('div', 'panes');
  tabs.setAttribute('role', 'tablist');
  panel.appendChild(search);
  panel.appendChild(tabs);
  panel.appendChild(body);
  const card = el('section', 'card hidden');
  panel.appendChild(card);

  const time = el('footer', 'time');
  const host = map.getContainer();
  const top = el('div', 'overlay overlay-top');
  const right = el('div', 'overlay overlay-right');
  const low = el('div', 'overlay overlay-low');
  const note = el('div', 'overlay note');
  [top, right, low, note].forEach(function (node) {
    L.DomEvent.disableClickPropagation(node);
    L.DomEvent.disableScrollPropagation(node);
    host.appendChild(node);
  });
  document.body.insertBefore(head, document.body.firstChild);
  document.body.appendChild(panel);
  document.body.appendChild(time);

  const panes = {};
  riskplan.region = {head: head, search: search, card: card, time: time, top: top, right: right, low: low, note: note};

  /* Add a tab and return the node that it shows. */
  riskplan.tab = function (name) {
    const pane = el('section', 'pane');
    const button = riskplan.button('tab', say('tab_' + name), function () {
      riskplan.set({tab: name, enterprise: -1});
    });
    button.setAttribute('role', 'tab');
    tabs.appendChild(button);
    body.appendChild(pane);
    panes[name] = {pane: pane, button: button};
    return pane;
  };

  riskplan.on('tab enterprise', function (state) {
    Object.keys(panes).forEach(function (name) {
      const shown = name === state.tab;
      panes[name].pane.classList.toggle('hidden', !shown);
      panes[name].button.classList.toggle('chosen', shown);
      panes[name].button.setAttribute('aria-selected', String(shown));
    });
    panel.classList.toggle('has-card', state.enterprise >= 0);
  });

  if (shared.fictional) {
    const banner = el('div', 'fictional', shared.fictional);
    banner.id = 'fictional';
    top.appendChild(banner);
  }
  map.invalidateSize();
};

/* The report of `sectag screen`: makes the page of the data that stands in it.
 *
 *   area     [code, zh, en, sector, definition, threshold, accept, bins[50], policy clauses, answered]
 *   doc      [name, title, date, clauses]                   policyDoc the same
 *   path     [how many headings are those of the path before, further headings ...]
 *   clause   [doc, number, page, path, is heading, text, [tag, ...]]
 *   tag      [area, p, band (1 review, 2 accept), matches]
 *   evidence [score, bias, spans, causes, [match, ...]], of all tags in order, in a piece of data of its own
 *   spans    start, length, level (-3 .. 3), ...            causes   n-gram or term, what it brings, ...
 *   match    [policy, score, [start, length, start in the policy, length there, ...]]
 *   policy   [doc, number, page, path, text, [[area, best, answered, nearest clause or -1], ...]]
 *
 * Text goes in by textContent and text nodes alone, never as markup. Rows are made in chunks as they come near the
 * window, so 20,000 clauses cost as much as a few hundred. */
'use strict';
(function () {
    const D = JSON.parse(document.getElementById('data').textContent);
    let evidenceOfTags = null; /* not read before it is needed: it is half of the page */
    for (const paths of [D.paths, D.policyPaths])
        for (let i = 0; i < paths.length; i++) paths[i] = (i ? paths[i - 1] : []).slice(0, paths[i][0]).concat(paths[i].slice(1));
    const CHUNK = 80;
    const WORDS = {
        zh: {
            title: '筛查报告', documents: '文件', clauses: '条款', tagged: '已标注条款', tags: '标注',
            matches: '政策对应', byArea: '各领域条款数', heat: '文件 × 领域', scores: '概率分布与阈值',
            scoresNote: '横轴为概率，纵轴为条款数（对数）。虚线：标注阈值；实线：直接采纳。',
            coverage: '政策覆盖', policyClauses: '政策条款', answered: '已回应', open: '未回应',
            coverageNote: (least) => `与某一申报条款的相似度不低于 ${least} 的政策条款计为已回应；中文与英文文本之间几乎没有共同字词，互不对应。`,
            reading: '条款正文', allDocuments: '全部文件', allBands: '全部档位', accept: '采纳', review: '复核',
            onlyTagged: '只看已标注', onlyMatched: '只看有政策对应', search: '搜索正文', reset: '清除筛选',
            shown: (n, all) => `显示 ${n} / ${all} 条`, page: (n) => `第 ${n} 页`, why: '依据', up: '支持', down: '反对',
            score: '得分', bias: '偏置', probability: '概率', threshold: '阈值', band: '档位',
            policies: '对应的政策条款', none: '没有对应的政策条款', similarity: '相似度', nearest: '最接近的申报条款',
            sector: '板块', filings: '申报条款', showOpen: '查看未回应条款', noPolicy: '未提供政策文件',
            switchTo: 'English', f1: '阈值取 F1 最高点', recall: '召回率', precision: '精确率', confidence: '置信度',
            area: '领域', nothing: '没有符合条件的条款。', model: '模型', date: '日期',
            sectors: {biopharma: '生物医药', devices: '医疗器械', bioagriculture: '生物农业', biomanufacturing: '生物制造'},
        },
        en: {
            title: 'Screening report', documents: 'documents', clauses: 'clauses', tagged: 'tagged clauses', tags: 'tags',
            matches: 'policy matches', byArea: 'Clauses by area', heat: 'Documents × areas',
            scores: 'Probabilities and thresholds',
            scoresNote: 'Across: probability; up: clauses (logarithmic). Dashed: tagged from here; solid: accepted from here.',
            coverage: 'Policy coverage', policyClauses: 'policy clauses', answered: 'answered', open: 'open',
            coverageNote: (least) => `A policy clause counts as answered when some filing clause has a similarity of ${least} or more with it. ` +
                'Chinese and English texts have hardly a word in common and do not meet.',
            reading: 'The clauses', allDocuments: 'all documents', allBands: 'all bands', accept: 'accept',
            review: 'review', onlyTagged: 'tagged only', onlyMatched: 'with a policy match only', search: 'search the text',
            reset: 'clear filters', shown: (n, all) => `${n} of ${all} clauses shown`, page: (n) => `p. ${n}`,
            why: 'Evidence', up: 'for', down: 'against', score: 'score', bias: 'bias', probability: 'probability',
            threshold: 'threshold', band: 'band', policies: 'Policy clauses it answers to',
            none: 'It answers to no policy clause.', similarity: 'similarity', nearest: 'nearest filing clause',
            sector: 'sector', filings: 'filing clauses', showOpen: 'show the open clauses',
            noPolicy: 'No policies were given.', switchTo: '中文', f1: 'thresholds of the highest F1', recall: 'recall', precision: 'precision',
            confidence: 'confidence', area: 'area', nothing: 'No clause fits these filters.',
            model: 'model', date: 'date',
            sectors: {biopharma: 'Biopharma', devices: 'Devices', bioagriculture: 'Bioagriculture', biomanufacturing: 'Biomanufacturing'},
        },
    };
    let lang = D.lang === 'en' ? 'en' : 'zh';
    let L = WORDS[lang];
    const filter = {area: -1, doc: -1, band: 0, tagged: true, matched: false, text: ''};

    /* ---- elements ---- */

    function fill(node, attributes, children) {
        for (const name in attributes) {
            const value = attributes[name];
            if (name.startsWith('on')) node.addEventListener(name.slice(2), value);
            else if (name === 'hue') node.style.setProperty('--hue', value);
            else if (name === 'part') node.style.setProperty('--part', value);
            else if (value === true) node.setAttribute(name, '');
            else if (value !== false && value !== null && value !== undefined) node.setAttribute(name, value);
        }
        for (const child of children) if (child !== null && child !== undefined) node.append(child);
        return node;
    }

    function h(tag, attributes, ...children) {
        return fill(document.createElement(tag), attributes, children);
    }

    function s(tag, attributes, ...children) {
        return fill(document.createElementNS('http://www.w3.org/2000/svg', tag), attributes, children);
    }

    const byId = (id) => document.getElementById(id);
    const hue = (area) => String(Math.round(area * 137.508) % 360);
    const nameOf = (area) => D.areas[area][lang === 'zh' ? 1 : 2];
    const sectorOf = (name) => L.sectors[name] || name;
    const bandOf = (band) => (band === 2 ? L.accept : L.review);
    const percent = (p) => (p >= 0.995 ? '>99%' : Math.round(p * 100) + '%');
    const fileOf = (doc) => doc[0].replace(/^.*\//, '');
    const titleOf = (doc) => doc[1] || fileOf(doc);
    const shorten = (text, n) => (text.length > n ? text.slice(0, n - 1) + '…' : text);

    /* What the thresholds promise. */
    function pointLine() {
        if (typeof D.point !== 'object') return L.f1;
        return ['recall', 'precision'].filter((name) => D.point[name]).map((name) => `${L[name]} ≥ ${D.point[name]}`)
            .join(', ') + ` (${L.confidence} ${D.point.confidence})`;
    }

    /* ---- counts ---- */

    const accept = D.areas.map(() => 0), review = D.areas.map(() => 0);
    const cells = D.docs.map(() => D.areas.map(() => 0));
    let nTagged = 0, nTags = 0, nMatches = 0;
    for (const clause of D.clauses) {
        if (clause[6].length) nTagged++;
        for (const tag of clause[6]) {
            (tag[2] === 2 ? accept : review)[tag[0]]++;
            cells[clause[0]][tag[0]]++;
            tag.push(nTags++);
            nMatches += tag[3];
        }
    }
    const used = D.areas.map((_, area) => area).filter((area) => accept[area] + review[area] + D.areas[area][8] > 0);
    const nClauses = D.docs.reduce((sum, doc) => sum + doc[3], 0);

    /* ---- head and charts ---- */

    function card(n, what) {
        return h('div', {class: 'card'}, h('b', {}, String(n).replace(/(?<=\d)(?=(\d{3})+$)/g, ',')), h('span', {}, what));
    }

    function makeHead() {
        const title = D.docs.length === 1 ? `${L.title} · ${shorten(titleOf(D.docs[0]), 50)}` : L.title;
        document.title = title;
        document.documentElement.lang = lang === 'zh' ? 'zh-CN' : 'en';
        return h('header', {},
            h('h1', {}, title),
            h('button', {id: 'language', type: 'button', onclick: () => setLanguage(lang === 'zh' ? 'en' : 'zh')}, L.switchTo),
            h('div', {class: 'cards'}, card(D.docs.length, L.documents), card(nClauses, L.clauses), card(nTagged, L.tagged),
                card(nTags, L.tags), D.policies.length ? card(nMatches, L.matches) : null));
    }

    function section(id, title, ...children) {
        return h('section', {id, 'aria-label': title}, h('h2', {}, title), ...children);
    }

    /* Bars of clauses by area, areas by sector; what is to be reviewed is lighter. */
    function makeBars() {
        const shown = used.filter((area) => accept[area] + review[area] > 0);
        const most = Math.max(1, ...shown.map((area) => accept[area] + review[area]));
        const width = 520, left = lang === 'zh' ? 190 : 270, row = 22;
        const svg = s('svg', {class: 'bars', role: 'img', 'aria-label': L.byArea});
        let y = 0, sector = '';
        for (const area of shown) {
            const solid = accept[area] * width / most, light = review[area] * width / most;
            if (D.areas[area][3] !== sector) {
                sector = D.areas[area][3];
                const total = shown.filter((other) => D.areas[other][3] === sector)
                    .reduce((sum, other) => sum + accept[other] + review[other], 0);
                svg.append(s('text', {x: 0, y: y + 17, class: 'sector'}, `${sectorOf(sector)} · ${total}`));
                y += row + 2;
            }
            svg.append(s('g', {class: 'bar', hue: hue(area), onclick: () => choose({area})},
                s('title', {}, `${nameOf(area)}: ${L.accept} ${accept[area]}, ${L.review} ${review[area]}`),
                s('rect', {x: 0, y, width: left + width + 50, height: row, class: 'hit'}),
                s('text', {x: left - 8, y: y + 15, class: 'name'}, shorten(nameOf(area), lang === 'zh' ? 13 : 36)),
                s('rect', {x: left, y: y + 3, width: solid, height: row - 7, class: 'accept'}),
                s('rect', {x: left + solid, y: y + 3, width: light, height: row - 7, class: 'review'}),
                s('text', {x: left + solid + light + 6, y: y + 15, class: 'n'}, String(accept[area] + review[area]))));
            y += row;
        }
        svg.setAttribute('viewBox', `0 0 ${left + width + 50} ${y + 4}`);
        return section('by-area', L.byArea, svg, h('p', {class: 'key'}, h('i', {class: 'accept'}), L.accept + ' ',
            h('i', {class: 'review'}), L.review));
    }

    /* One cell a document and area; the darker, the more clauses. */
    function makeHeat() {
        const shown = used.filter((area) => accept[area] + review[area] > 0);
        const most = Math.max(1, ...cells.flat());
        const left = 220, top = lang === 'zh' ? 110 : 150, size = 30, row = 24;
        const svg = s('svg', {class: 'heat', role: 'img', 'aria-label': L.heat});
        shown.forEach((area, column) => svg.append(s('text', {
            transform: `translate(${left + column * size + 18} ${top - 8}) rotate(-50)`, class: 'column'},
            shorten(nameOf(area), lang === 'zh' ? 10 : 22))));
        D.docs.forEach((doc, i) => {
            const y = top + i * row;
            svg.append(s('text', {x: left - 8, y: y + 16, class: 'name', onclick: () => choose({doc: i, area: -1})},
                s('title', {}, doc[0]), shorten(titleOf(doc), lang === 'zh' || /[^ -~]/.test(titleOf(doc)) ? 16 : 32)));
            shown.forEach((area, column) => {
                const n = cells[i][area];
                svg.append(s('g', {class: 'cell', hue: hue(area), onclick: () => choose({doc: i, area})},
                    s('title', {}, `${titleOf(doc)} · ${nameOf(area)}: ${n}`),
                    s('rect', {x: left + column * size, y, width: size - 2, height: row - 2, class: n ? 'some' : 'no',
                        'fill-opacity': n ? (0.18 + 0.82 * Math.sqrt(n / most)).toFixed(3) : 1}),
                    n ? s('text', {x: left + column * size + size / 2 - 1, y: y + 15,
                        class: n / most > 0.3 ? 'n light' : 'n'}, String(n)) : null));
            });
        });
        const width = left + shown.length * size + 110, height = top + D.docs.length * row + 4;
        svg.setAttribute('viewBox', `0 0 ${width} ${height}`);
        svg.setAttribute('width', width);
        svg.setAttribute('height', height);
        return section('heat', L.heat, h('div', {class: 'scroll'}, svg));
    }

    /* An area's probabilities; most clauses are near 0, hence the logarithm. */
    function makeHistogram(area) {
        const [, , , , , threshold, accepted, bins] = D.areas[area];
        const width = 200, height = 56, step = width / bins.length;
        const most = Math.max(1, ...bins.map((n) => Math.log1p(n)));
        const svg = s('svg', {viewBox: `0 0 ${width} ${height + 14}`, role: 'img', 'aria-label': nameOf(area)});
        bins.forEach((n, i) => {
            const tall = Math.log1p(n) / most * height;
            const from = (i + 0.5) / bins.length;
            if (n) svg.append(s('rect', {x: i * step, y: height - tall, width: step - 0.6, height: tall,
                class: from >= accepted ? 'accept' : from >= threshold ? 'review' : 'below'}));
        });
        svg.append(s('line', {x1: threshold * width, x2: threshold * width, y1: 0, y2: height, class: 'threshold'}),
            s('line', {x1: accepted * width, x2: accepted * width, y1: 0, y2: height, class: 'accepted'}),
            s('line', {x1: 0, x2: width, y1: height, y2: height, class: 'axis'}),
            s('text', {x: 0, y: height + 11}, '0'), s('text', {x: width, y: height + 11, class: 'end'}, '1'));
        return h('figure', {hue: hue(area)}, svg,
            h('figcaption', {}, nameOf(area) + ' ', h('span', {}, `${threshold.toFixed(2)} / ${accepted.toFixed(2)}`)));
    }

    function makeScores() {
        const shown = used.filter((area) => accept[area] + review[area] > 0);
        return section('scores', L.scores, h('p', {class: 'note'}, L.scoresNote + ' ' + pointLine()),
            h('div', {class: 'histograms'}, ...shown.map(makeHistogram)));
    }

    /* ---- policies ---- */

    function pathLine(paths, path) {
        return paths[path] && paths[path].length ? h('span', {class: 'path'}, paths[path].join(' › ')) : null;
    }

    function sourceLine(docs, doc, page) {
        const d = docs[doc];
        const parts = [titleOf(d), fileOf(d) === titleOf(d) ? '' : fileOf(d), d[2], page ? L.page(page) : ''];
        return h('span', {class: 'source'}, parts.filter((part) => part).join(' · '));
    }

    function openClause(policy, state) {
        return h('li', {}, sourceLine(D.policyDocs, policy[0], policy[2]), pathLine(D.policyPaths, policy[3]),
            h('p', {}, policy[4]),
            state[3] >= 0 ? h('p', {class: 'note'}, `${L.nearest} (${L.similarity} ${state[1].toFixed(3)}): `,
                shorten(D.clauses[state[3]][5], 80)) : null);
    }

    /* The open clauses of an area, in a row below its own; made when it is asked for. */
    function openButton(area) {
        let below = null;
        const button = h('button', {type: 'button', class: 'link', 'aria-expanded': 'false', onclick: () => {
            if (below) below.remove();
            below = below ? null : h('tr', {class: 'below'}, h('td', {colspan: 6}, h('ul', {class: 'open'},
                ...D.policies.flatMap((policy) => policy[5].filter((state) => state[0] === area && !state[2])
                    .map((state) => openClause(policy, state))))));
            if (below) button.closest('tr').after(below);
            button.setAttribute('aria-expanded', below ? 'true' : 'false');
        }}, L.showOpen);
        return button;
    }

    function makeCoverage() {
        const shown = used.filter((area) => D.areas[area][8] > 0);
        if (!D.policies.length) return section('coverage', L.coverage, h('p', {class: 'note'}, L.noPolicy));
        return section('coverage', L.coverage, h('p', {class: 'note'}, L.coverageNote(D.least)), h('table', {},
            h('thead', {}, h('tr', {}, ...[L.area, L.filings, L.policyClauses, L.answered, '', L.open].map((name) => h('th', {}, name)))),
            h('tbody', {}, ...shown.map((area) => {
                const all = D.areas[area][8], answered = D.areas[area][9];
                return h('tr', {hue: hue(area)}, h('td', {}, nameOf(area)),
                    h('td', {class: 'n'}, String(accept[area] + review[area])),
                    h('td', {class: 'n'}, String(all)), h('td', {class: 'n'}, `${answered} (${Math.round(answered / all * 100)}%)`),
                    h('td', {class: 'meter'}, h('span', {part: answered / all})),
                    h('td', {}, answered < all ? `${all - answered} ` : '0', answered < all ? openButton(area) : null));
            }))));
    }

    /* ---- evidence ---- */

    /* Text with marked stretches: marks are [start, length, class, title], apart from each other and ascending. */
    function marked(text, marks) {
        const out = document.createDocumentFragment();
        let at = 0;
        for (const [start, length, kind] of marks) {
            if (start < at) continue;
            out.append(text.slice(at, start), h('mark', {class: kind}, text.slice(start, start + length)));
            at = start + length;
        }
        out.append(text.slice(at));
        return out;
    }

    function groups(list, n) {
        const out = [];
        for (let i = 0; i < list.length; i += n) out.push(list.slice(i, i + n));
        return out;
    }

    function causesOf(list) {
        const causes = groups(list, 2);
        const most = Math.max(...causes.map((cause) => Math.abs(cause[1])), 1e-9);
        return h('ul', {class: 'causes'}, ...causes.map(([text, sum]) =>
            h('li', {class: sum > 0 ? 'up' : 'down', part: Math.abs(sum) / most}, h('code', {}, text),
                h('span', {}, (sum > 0 ? '+' : '−') + Math.abs(sum).toFixed(2)))));
    }

    function matchOf(clause, match) {
        const policy = D.policies[match[0]], shared = groups(match[2], 4);
        const there = shared.map((m) => [m[2], m[3], 'shared']).sort((a, b) => a[0] - b[0]);
        return h('li', {}, sourceLine(D.policyDocs, policy[0], policy[2]),
            h('span', {class: 'similarity'}, `${L.similarity} ${match[1].toFixed(3)}`), pathLine(D.policyPaths, policy[3]),
            h('p', {}, marked(policy[4], there)),
            shared.length ? h('p', {class: 'note'}, ...shared.map((m) =>
                h('mark', {class: 'shared'}, clause[5].slice(m[0], m[0] + m[1])))) : null);
    }

    function evidence(clause, tag) {
        evidenceOfTags = evidenceOfTags || JSON.parse(byId('evidence').textContent);
        const area = D.areas[tag[0]], [score, bias, spans, causes, matches] = evidenceOfTags[tag[4]];
        const marks = groups(spans, 3).map(([start, length, level]) =>
            [start, length, (level > 0 ? 'up' : 'down') + Math.abs(level)]);
        const facts = [[L.probability, percent(tag[1])], [L.band, bandOf(tag[2])],
            [L.threshold, `${area[5].toFixed(2)} / ${area[6].toFixed(2)}`], [L.score, score.toFixed(2)], [L.bias, bias.toFixed(2)]];
        return h('div', {class: 'evidence', hue: hue(tag[0])},
            h('h4', {}, `${L.why} · ${nameOf(tag[0])}`),
            h('p', {class: 'why'}, marked(clause[5], marks)),
            h('dl', {class: 'facts'}, ...facts.flatMap(([name, value]) => [h('dt', {}, name), h('dd', {}, value)])),
            causesOf(causes),
            D.policies.length ? h('h4', {}, L.policies) : null,
            D.policies.length ? (matches.length ? h('ol', {class: 'matches'}, ...matches.map((match) => matchOf(clause, match)))
                : h('p', {class: 'note'}, L.none)) : null);
    }

    /* ---- rows ---- */

    function chip(clause, tag, place) {
        let shown = null;
        const button = h('button', {type: 'button', class: tag[2] === 2 ? 'tag accept' : 'tag review', hue: hue(tag[0]),
            'aria-expanded': 'false', title: `${D.areas[tag[0]][4]} · ${bandOf(tag[2])}`, onclick: () => {
                if (shown) shown.remove();
                else place.append(evidence(clause, tag));
                shown = shown ? null : place.lastChild;
                button.setAttribute('aria-expanded', shown ? 'true' : 'false');
            }}, `${nameOf(tag[0])} ${percent(tag[1])}`, tag[3] ? h('sup', {}, String(tag[3])) : null);
        return button;
    }

    function row(clause) {
        const place = h('div', {class: 'place'}), tags = clause[6];
        const page = clause[2] ? `${L.page(clause[2])} · ${clause[1]}` : String(clause[1]);
        const body = h('div', {class: 'body'}, h('p', {class: clause[4] ? 'text heading' : 'text'}, clause[5]),
            tags.length ? h('div', {class: 'tags'}, ...tags.map((tag) => chip(clause, tag, place))) : null, place);
        return h('article', {class: tags.length ? 'clause tagged' : 'clause', hue: tags.length ? hue(tags[0][0]) : null},
            h('span', {class: 'at'}, page), body);
    }

    function fits(clause) {
        const tags = clause[6];
        if (filter.doc >= 0 && clause[0] !== filter.doc) return false;
        if (filter.tagged && !tags.length) return false;
        if (filter.area >= 0 || filter.band || filter.matched)
            if (!tags.some((tag) => (filter.area < 0 || tag[0] === filter.area) && (!filter.band || tag[2] === filter.band) &&
                (!filter.matched || tag[3]))) return false;
        return !filter.text || clause[5].toLowerCase().includes(filter.text);
    }

    function fillChunk(chunk) {
        if (!chunk.todo) return;
        const list = chunk.todo;
        chunk.todo = null;
        let last = chunk.before;
        for (const i of list) {
            const clause = D.clauses[i];
            if (!last || last[0] !== clause[0]) {
                const doc = D.docs[clause[0]];
                chunk.append(h('h3', {}, titleOf(doc), h('span', {class: 'source'}, [fileOf(doc), doc[2]].filter((part) => part).join(' · '))));
            }
            if (clause[3] && (!last || last[0] !== clause[0] || last[3] !== clause[3]))
                chunk.append(h('p', {class: 'path'}, D.paths[clause[3]].join(' › ')));
            chunk.append(row(clause));
            last = clause;
        }
    }

    const watcher = new IntersectionObserver((entries) => {
        for (const entry of entries) {
            if (!entry.isIntersecting) continue;
            watcher.unobserve(entry.target);
            fillChunk(entry.target);
        }
    }, {rootMargin: '1200px'});

    function showRows() {
        const rows = byId('rows'), list = [];
        for (let i = 0; i < D.clauses.length; i++) if (fits(D.clauses[i])) list.push(i);
        watcher.disconnect();
        rows.textContent = '';
        byId('count').textContent = L.shown(list.length, D.clauses.length);
        if (!list.length) rows.append(h('p', {class: 'note'}, L.nothing));
        for (let at = 0; at < list.length; at += CHUNK) {
            const chunk = h('div', {class: at ? 'chunk far' : 'chunk'});
            chunk.todo = list.slice(at, at + CHUNK);
            chunk.before = at ? D.clauses[list[at - 1]] : null;
            chunk.style.containIntrinsicSize = `auto ${chunk.todo.length * 72}px`;
            rows.append(chunk);
            if (at === 0) fillChunk(chunk);
            else watcher.observe(chunk);
        }
    }

    /* ---- filters ---- */

    function select(id, value, items, then) {
        const node = h('select', {id, 'aria-label': items[0][1], onchange: () => then(Number(node.value))},
            ...items.map(([key, text]) => h('option', {value: key, selected: key === value}, text)));
        return node;
    }

    function toggle(id, text, key) {
        const box = h('input', {type: 'checkbox', id, checked: filter[key], onchange: () => {
            filter[key] = box.checked;
            showRows();
        }});
        return h('label', {}, box, text);
    }

    function areaButton(area) {
        return h('button', {type: 'button', class: filter.area === area ? 'area on' : 'area', hue: hue(area), 'data-area': D.areas[area][0],
            'aria-pressed': filter.area === area ? 'true' : 'false', onclick: () => change({area: filter.area === area ? -1 : area})},
            `${nameOf(area)} ${accept[area] + review[area]}`);
    }

    function makeFilters() {
        const search = h('input', {type: 'search', id: 'search', placeholder: L.search, 'aria-label': L.search, value: filter.text, oninput: () => {
            filter.text = search.value.trim().toLowerCase();
            showRows();
        }});
        const shown = used.filter((area) => accept[area] + review[area] > 0);
        return h('div', {id: 'filters'},
            h('div', {class: 'areas'}, ...shown.map(areaButton)),
            h('div', {class: 'line'},
                D.docs.length > 1 ? select('doc', filter.doc, [[-1, L.allDocuments], ...D.docs.map((doc, i) => [i, shorten(titleOf(doc), 40)])],
                    (doc) => change({doc})) : null,
                select('band', filter.band, [[0, L.allBands], [2, L.accept], [1, L.review]], (band) => change({band})),
                nTagged < D.clauses.length ? toggle('only-tagged', L.onlyTagged, 'tagged') : null,
                D.policies.length ? toggle('only-matched', L.onlyMatched, 'matched') : null,
                search,
                h('button', {type: 'button', id: 'reset', onclick: () =>
                    change({area: -1, doc: -1, band: 0, tagged: true, matched: false, text: ''})}, L.reset),
                h('span', {id: 'count', role: 'status'})));
    }

    function change(what) {
        Object.assign(filter, what);
        byId('filters').replaceWith(makeFilters());
        showRows();
    }

    function choose(what) {
        change(what);
        byId('reading').scrollIntoView();
    }

    function setLanguage(next) {
        lang = next;
        L = WORDS[lang];
        render();
    }

    function render() {
        byId('report').replaceChildren(makeHead(), makeBars(), makeHeat(), makeScores(), makeCoverage(),
            section('reading', L.reading, makeFilters(), h('div', {id: 'rows'})),
            h('footer', {}, `sectag ${D.version} · ${L.model} ${D.model} · ${pointLine()}`));
        showRows();
    }

    /* Paper has no window to come near to. */
    window.addEventListener('beforeprint', () => document.querySelectorAll('.chunk').forEach(fillChunk));
    render();
})();

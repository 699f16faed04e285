// How the page looks: few colours, each with a second sign beside it (a word, a mark, a pattern),
// text at 4.5:1 or better in both schemes (WCAG 2.1, 1.4.3). Print takes the light one.
#pragma once

#include <string_view>

namespace hookc::report {

inline constexpr std::string_view kPageStyle = R"css(
:root{--bg:#fff;--soft:#f4f6f8;--text:#1b1f24;--muted:#57606a;--line:#d5dbe1;--tint:#eef2f6;
--ok:#3b6fa8;--bad:#b42318;--bad-bg:#fff1ef;--held:#f2c84b;--held-line:#8a5a00;--op:#5f6b77;
--good:#1a6f3c;--warn:#8a5a00}
@media screen and (prefers-color-scheme:dark){:root{--bg:#14171a;--soft:#1d2227;--text:#e8ecf0;
--muted:#a3adb7;--line:#363e46;--tint:#20262c;--ok:#6fa5de;--bad:#ff8a7e;--bad-bg:#33171a;
--held:#a37a12;--held-line:#f0c752;--op:#8a96a3;--good:#6fcf97;--warn:#f0c752}}
*{box-sizing:border-box}
body{margin:0;background:var(--bg);color:var(--text);
font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif}
main{max-width:72rem;margin:0 auto;padding:1.5rem 1rem 3rem}
h1{font-size:1.6rem;line-height:1.25;margin:.1rem 0 .6rem;overflow-wrap:anywhere}
h2{font-size:1.15rem;margin:0 0 .5rem}
h3{font-size:1rem;margin:0 0 .2rem;overflow-wrap:anywhere}
p{margin:.2rem 0 .5rem;overflow-wrap:anywhere}
section{margin:1.75rem 0 0}
.status{display:inline-block;font-weight:700;padding:.1rem .7rem;border-radius:1rem;
border:2px solid currentColor;margin:0 0 .3rem}
.status.Succeeded{color:var(--good)}.status.Failed,.status.Running{color:var(--bad)}
.status.Skipped{color:var(--muted)}.status.Waiting{color:var(--warn)}
.facts{display:flex;flex-wrap:wrap;gap:.5rem 2.4rem;
margin:0;padding:.7rem 0 0;border-top:1px solid var(--line)}
.facts dt{color:var(--muted);font-size:.85rem}.facts dd{margin:0;overflow-wrap:anywhere}
.alarm{background:var(--bad-bg);border:2px solid var(--bad);border-radius:.5rem;
padding:.9rem 1rem 1rem}
.alarm h2{color:var(--bad);font-size:1.25rem}
.alarm article{border-top:1px solid var(--bad);padding-top:.7rem;margin-top:.7rem}
.where,.small{color:var(--muted);font-size:.9rem}
.alarm .where{color:inherit}
pre{margin:.3rem 0 .6rem;padding:.5rem .7rem;background:var(--soft);border:1px solid var(--line);
border-radius:.3rem;font:.85rem/1.45 ui-monospace,"Cascadia Mono",Menlo,Consolas,monospace;
white-space:pre-wrap;overflow-wrap:anywhere;max-height:24rem;overflow:auto}
.alarm pre{background:var(--bg)}
ul.failures{list-style:none;margin:0;padding:0}
ul.failures>li{border-left:4px solid var(--bad);padding:.1rem 0 .1rem .8rem;margin:0 0 .8rem}
a{color:inherit}
.legend{display:flex;flex-wrap:wrap;gap:.2rem 1.2rem;margin:0 0 .6rem;padding:0;list-style:none;
color:var(--muted);font-size:.85rem}
.legend svg{vertical-align:-2px;margin-right:.4rem}
.legend .opwin{background:var(--tint);padding:0 .4rem}
.group{margin:0;padding:.9rem 0 .25rem;font-size:.95rem;border-bottom:1px solid var(--line)}
.group span{color:var(--muted);font-weight:400}
.axis,.row>summary,.row.flat{display:grid;grid-template-columns:15rem 1fr;column-gap:1rem}
.axis{color:var(--muted);font-size:.8rem}
.row>summary,.row.flat{border-bottom:1px solid var(--line);align-items:center}
.row>summary{cursor:pointer;list-style:none}
.row>summary::-webkit-details-marker{display:none}
.row>summary:hover{background:var(--soft)}
.row>summary:focus-visible{outline:2px solid var(--ok);outline-offset:-2px}
.name{display:flex;gap:.4rem;align-items:baseline;min-width:0;padding:.2rem 0}
.name b{font-weight:600;overflow-wrap:anywhere;min-width:0}
.name .kind{color:var(--muted);font-size:.8rem;white-space:nowrap}
.name::before{content:"\25B8";color:var(--muted);font-size:.75rem;width:.7rem;flex:none}
details[open]>summary .name::before{content:"\25BE"}
.flat .name::before{content:""}
.icon{flex:none;width:1.1em;text-align:center;font-weight:700}
.icon.good{color:var(--good)}.icon.bad{color:var(--bad)}.icon.warn{color:var(--warn)}
.icon.none{color:var(--muted)}
.track svg,.axis svg{display:block;overflow:hidden}
.axis text{fill:var(--muted)}.tick{stroke:var(--line)}
.ok{fill:var(--ok)}.op{fill:var(--op)}.bad{fill:var(--bad)}
.held{fill:url(#stripes);stroke:var(--held-line);stroke-width:1}
.wait{stroke:var(--muted);stroke-width:1.5;stroke-dasharray:2 3}
.ground{fill:var(--bg)}
.label{fill:var(--text);font-size:12.5px;paint-order:stroke;stroke:var(--bg);stroke-width:3.5px;
stroke-linejoin:round}
.label.loud{fill:var(--bad);font-weight:700}.label.quiet{fill:var(--muted)}
.stripe-a{fill:var(--held)}.stripe-b{fill:var(--held-line);opacity:.35}
.more{padding:.6rem 0 .8rem 1.4rem;border-bottom:1px solid var(--line)}
table{border-collapse:collapse;font-size:.9rem;margin:.3rem 0 .6rem}
th,td{text-align:left;padding:.15rem 1.2rem .15rem 0;vertical-align:top;overflow-wrap:anywhere}
th{color:var(--muted);font-weight:400}
td.n{font-variant-numeric:tabular-nums;white-space:nowrap}
.note{border-left:3px solid var(--held-line);padding-left:.7rem}
footer{margin-top:2rem;color:var(--muted);font-size:.85rem}
.hidden{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);
white-space:nowrap}
@media (max-width:44rem){main{padding:1rem .75rem 2rem}h1{font-size:1.35rem}
.axis,.row>summary,.row.flat{grid-template-columns:1fr}.axis>:first-child{display:none}
.name{padding-bottom:0}.more{padding-left:.4rem}
th,td{padding-right:.7rem}}
@media print{body{font-size:10pt}main{max-width:none;padding:0}
.row,.alarm article,ul.failures>li{break-inside:avoid}pre{max-height:none}
svg,.alarm,.track{print-color-adjust:exact;-webkit-print-color-adjust:exact}}
)css";

}  // namespace hookc::report

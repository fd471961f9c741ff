"""Articles for tests, about wars, places and people that do not exist.

`ARTICLES` has name and paragraphs (forecasts, text): True where a paragraph says what will be, cannot be, or goes on.
They were written before the rules were tried on them.
"""

from __future__ import annotations

import datetime
from pathlib import Path

from scenarios import put, tiny

OPINION = (
    (True, "The siege of Deir az-Zuhr has three weeks left in it, no more. When the granaries are empty the "
     "town opens its gates, and the Guild with it."),
    (False, "I was in the town in March 1998, when the League's flag still flew over the citadel and bread "
     "was cheap."),
    (False, "The Crown took Qasr el-Wadi on 4 April 2001 after a night attack from the river, and lost two "
     "hundred men doing it."),
    (True, "General Osrik tells anyone who listens that the hill clans are going to rise behind him. They "
     "will do nothing of the kind."),
    (False, "The clans signed a truce in 1999 because the tolls of the upper road were worth more to them "
     "than any flag."),
    (True, "Nobody in the capital believes that the Guild can come back from this. A movement that lives on "
     "customs dues cannot outlive its last customs house."),
    (False, "Its treasury came from the salt road, and the salt road was cut at Birkat in the autumn of 2000."),
    (True, "Perhaps a few captains will carry on from the marshes. They may even burn a village or two. But "
     "the Guild as a government is finished."),
    (False, "My grandfather used to say that a fort is a purse with walls. The Crown's quartermasters "
     "understood him; the Guild's did not."),
    (True, "By the end of the year the river will be open to trade from Alder to the sea, and the tolls will "
     "go where they always went."),
    (False, "The cost was terrible: eleven thousand dead in two seasons, and whole quarters of Birkat levelled."),
    (True, "There is no prospect of a settlement now, and no reason for one. The war ends at Deir az-Zuhr, "
     "this summer, and it ends for good."),
)  # fmt: skip

NEWS = (
    (False, "Government forces entered the eastern suburbs of Tell Marrash on Tuesday after two days of "
     "shelling, residents said."),
    (False, "At least 40 people were killed, according to the town's hospital, most of them in the market district."),
    (True, "Officials in the capital said the town was expected to fall within days, a claim the rebels dismissed."),
    (False, "The League captured Tell Marrash in June 2000 and made it the seat of its northern council."),
    (False, "Thousands of families fled towards the border as the army advanced along the coast road."),
    (True, "Analysts say the loss of the town would cut the League's last supply line to the sea and could "
     "force it to abandon the coast altogether."),
    (False, "“We left with nothing,” said a woman of sixty who had walked from Sidi Bahr with two grandchildren."),
    (True, "The United Nations warned that up to 90,000 people might be displaced by next month if the "
     "fighting continues."),
    (False, "Talks in the neighbouring capital broke down on 12 May 2001 over the release of prisoners."),
    (True, "A second round is unlikely before the autumn, two diplomats said, because neither side sees "
     "anything to gain from it."),
    (False, "The army lost the same suburbs twice last year, in February and in November."),
    (False, "The governor was buried on Monday beside his brother in the old cemetery."),
)  # fmt: skip

MEMO = (
    (False, "This note covers events from 1 January to 30 June 2001. Sources are listed in the annex."),
    (True, "We judge with moderate confidence that the Crown will retain Alder through the winter. There is "
     "a 70 percent chance that it also regains Sévrac by December 2001."),
    (False, "In the period under review the Guild lost four garrisons and about 1,800 men, chiefly to desertion."),
    (True, "It is highly unlikely that the Guild can open a second front on the coast in the next six months."),
    (False, "Pay in the northern garrisons was four months late in May, and rations were halved, which led to "
     "the mutiny at Birkat."),
    (True, "The chances are about even that the hill clans abandon the truce; we doubt that they would join "
     "the Guild openly."),
    (False, "The clans received 12,000 rifles from across the border in 2000."),
    (True, "A collapse of the currency remains possible. It would probably hurt the Crown more than the Guild."),
    (False, "The bridge at Qasr al Wadi was rebuilt in April 2001 and carries lorries of up to twenty tonnes."),
    (True, "Barring outside intervention, the Guild's field army will almost certainly cease to exist within "
     "a year."),
)  # fmt: skip

SENTENCES = (
    (True, "I don't think the southern front survives the rainy season."),
    (False, "The rainy season began on 20 May, and the roads south of the escarpment turned to mud."),
    (True, "What happens next is simple: the rebels fold, the militias switch sides, and the president "
     "claims victory."),
    (False, "He was born in a fishing village and trained as a dentist."),
    (True, "If the kingdom closes the border, the enclave starves by Christmas."),
    (False, "The port handled a third of the country's grain before the war."),
    (True, "Expect more of the same: raids, reprisals, and a front line that hardly moves."),
    (True, "The militias are losing recruits faster than they can replace them."),
    (False, "Two brigades mutinied in 2015 over unpaid wages and were disbanded."),
    (True, "It is hard to see how the junta holds the north for another year."),
    (False, "The dam supplies power to four provinces."),
    (True, "Without foreign pilots, the air force stops flying."),
    (True, "A negotiated settlement looks increasingly remote."),
    (False, "The minister resigned after photographs of the prison were published."),
    (True, "My bet is on a long stalemate."),
    (True, "The odds of a coup before the elections are, in my view, one in three."),
    (False, "Crowds lined the avenue and threw flowers at the tanks."),
    (True, "The insurgency isn't going away."),
    (True, "The republic's allies have yet to decide, but sooner or later the money runs out."),
    (False, "Satellite images showed burnt vehicles along nine kilometres of road."),
    (True, "Both sides are digging in for the winter."),
    (True, "Nothing short of a full blockade would bring the islanders to the table."),
    (False, "The treaty of 1921 gave the valley to the kingdom."),
    (True, "This is the last war the family will ever fight."),
    (False, "They took the hill on the third attempt and lost it again before dawn."),
    (False, "The bombing killed nineteen people and closed the market for a week."),
    (True, "The regime's days are numbered."),
    (False, "Families still cook on open fires in the ruins of the old quarter."),
    (False, "More than 300 villages were burned between August and October."),
    (True, "Whoever wins the mountain passes wins the war."),
    (False, "The offensive opened at dawn on 3 March with a barrage along forty kilometres of front."),
    (True, "By midsummer the coalition will have retaken the delta, and the capital will be within range of "
     "its guns."),
    (False, "Colonel Dembe, who commanded the garrison, had served in three earlier wars."),
    (True, "The peace talks are a sideshow and will stay one."),
    (True, "Reserves of shells, by the ministry's own figures, run out in eleven weeks."),
    (False, "Refugees described a night march through the hills without food or water."),
    (True, "A partition of the island is now the most plausible outcome."),
    (False, "The first shots were fired at a customs post in 2009 over a confiscated truck."),
    (True, "Recruitment is collapsing in the interior, where a generation has learned to hide from the press gangs."),
    (True, "It would be a mistake to write the movement off: it has come back from worse."),
    (False, "The battle cost the army a tenth of its tanks."),
    (True, "No army has ever crossed the gorge in winter and none will now."),
    (False, "Inflation reached 60 percent in April, according to the central bank."),
    (True, "The smart money is on the northern warlords turning on each other."),
    (False, "A helicopter crashed near the airport on Sunday, killing both pilots."),
    (True, "Sanctions are unlikely to bite before the harvest is in."),
    (True, "The southern tribes may hedge their bets, as they did in 1994, until a winner emerges."),
    (False, "The old king signed the charter in a railway carriage."),
    (True, "Unless the strait is reopened, the garrison on the island is lost."),
    (False, "He declined to comment."),
    (True, "In ten years nobody will remember why the two republics fought."),
    (False, "The rebels used drones bought on the open market and fitted with mortar rounds."),
    (True, "The government has lost the countryside for good."),
    (False, "The dead were buried in the orchard behind the school."),
    (True, "The ceasefire, such as it is, holds because both armies are exhausted; it ends the day one of "
     "them is not."),
    (True, "There is little to suggest that the blockade is working, or that it ever could."),
)  # fmt: skip
"""Single sentences, written to be hard: many forecast without a word of confidence. The second half came last."""

ARTICLES = (("opinion", OPINION), ("news", NEWS), ("memo", MEMO))
WRITTEN = datetime.date(2001, 6, 30)

_RESIDUE = """\
@media(min-width: 320px) {.slot_1a2b {float:left !important;}}
(shopwindow = window.shopwindow || []).push({});
gtag('config', 'UA-00000-1');
.site-header a:hover {
    color: #fff;
}
!function(f,b,e){if(f.q)return;f.q=function(){e.push(arguments)};}(window,document);
{"@context":"https://schema.org","@type":"NewsArticle","headline":"A war","datePublished":"2001-06-30"}
<div class="ad-slot" data-id="4"></div>
var _gaq = _gaq || [];
/* <![CDATA[ */
//]]>
})();
data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk
Click to share on Twitter (Opens in new window)
Advertisement
margin-bottom: 10px;
document.write('<script src="//ads.example.com/x.js"></script>');"""
RESIDUE = _RESIDUE.split("\n")

_PROSE = """\
Population (1994): Northtown 220,488; Southtown 211,857; Westtown 312,994.
See https://example.com/a for more (read in 2001).
Q: Will it fall? A: Yes.
Conclusion
Fighters; tanks; guns.
He wrote (in 1999; see also Smith & Jones, 2001; Brown/Green, 2002): "It is over."
The army's 3rd, 4th and 7th divisions [what is left of them] are at the gate.
1. The garrison cannot hold.
The ratio of attackers to defenders is 3:1 (or 4:1, by some counts).
Losses: 120 dead / 300 wounded.
If (and only if) the bridge holds will they return.
Let it function; the state is to return to form.
The window closed; the document was pushed through; the war went on.
Map: The front on 3 May
War & peace"""
PROSE = _PROSE.split("\n")


def as_text(paragraphs: tuple[tuple[bool, str], ...]) -> str:
    """An article as scraped: a title, empty lines, residue between the paragraphs, a footer."""
    lines = ["The war on the river", ""]
    for at, (_, paragraph) in enumerate(paragraphs):
        lines += [RESIDUE[at % len(RESIDUE)], RESIDUE[(at + 7) % len(RESIDUE)], ""] if at % 3 == 1 else []
        lines.append(paragraph)
    return "\n".join([*lines, "", "The post The war on the river appeared first on The Invented Times.", "Source", ""])


def as_page(paragraphs: tuple[tuple[bool, str], ...]) -> str:
    """An article as a page, with everything that surrounds one."""
    body = "\n".join(
        f"<p>{text.replace('Guild', '<b>Guild</b>')}</p><aside>Advertisement</aside>" for _, text in paragraphs
    )
    links = "".join(f"<li><a href='/{at}'>Another story about the war, number {at}</a></li>" for at in range(30))
    return f"""<!DOCTYPE html><html><head><meta charset="utf-8"><title>The war on the river | The Invented Times</title>
<meta property="article:published_time" content="2001-06-30T08:00:00Z"><style>p {{ margin: 0 }}</style>
<script>window.dataLayer = [];</script></head><body><nav><ul>{links}</ul></nav><div id="main"><article>
<h1>The war on the river</h1>{body}<script>(function(){{var a = 1;}})();</script></article><div><ul>{links}</ul></div>
</div><footer>Copyright The Invented Times. All rights reserved.</footer></body></html>"""


def scenario(folder: Path) -> Path:
    """A scenario whose names are of the kind that transcriptions disagree on."""
    path = tiny(folder)
    put(path, "scenario.yaml", "The war of the six towns", "The war on the river")
    put(path, "places.csv", "birch,Birch,Byrch", "birch,Deir az-Zuhr (old town),Dayr al-Zuhr")
    put(path, "places.csv", "cedar,Cedar,", "cedar,Qasr el-Wadi,")
    put(path, "places.csv", "dale,Dale,", "dale,Tell Marrash,Til Marash")
    put(path, "places.csv", 'elm,"Elm, the dam",', "elm,Al-Nuri dam,")
    put(path, "places.csv", "fir,Fir,", "fir,Sévrac,")
    (path / "aliases.csv").write_text(
        "of,kind,alias,note\nguild,organisation,Guildsmen,\ncrown,organisation,Government forces,\n"
        "hill,organisation,hill clans,\nmarsh,region,Great Marsh,\n"
    )
    return path

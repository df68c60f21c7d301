"""The eleven categories, fixed, in this order. One place for their words; pages and forms read them from here."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Category:
    """`criterion` pre-fills the done criterion of an action on a finding of this category.

    The words here are version 1 of the definition; `reviews/codebook.py` gives those that hold, and since when.
    """

    code: str
    key: str
    label: Promise
    short: Promise
    definition: Promise
    counts: Promise
    does_not_count: Promise
    example: Promise
    criterion: Promise
    version: int = 1
    since: datetime | None = None


CATEGORIES = [
    Category(
        "leadership",
        "1",
        _("Weak leadership"),
        _("nobody decided, or direction kept changing"),
        _("A decision that only a leader could take was not taken, came too late, or was taken back again."),
        _("no answer on a discount for two weeks; bid, no bid, bid again; two managers who promised different things."),
        _("a decision that was clear and turned out wrong (errors in judgment)."),
        _("The offer waited nine days for a signature. The buyer had asked for it by Friday."),
        _("In the next ten reviews no bid waits more than two working days for a decision of ours."),
    ),
    Category(
        "judgment",
        "2",
        _("Errors in judgment"),
        _("the facts were there, the call was wrong"),
        _("We knew what we needed to know, weighed it, and chose the wrong way."),
        _("kept to the standard offer although the buyer had said no to it; put the best people on the smaller bid."),
        _("a choice made without the facts (customer or competition knowledge)."),
        _("We knew the budget was €60,000 and quoted €95,000, sure that they would find the rest."),
        _("The next ten bids have a written second opinion before the price goes out."),
    ),
    Category(
        "procedures_inadequate",
        "3",
        _("Inadequate procedures"),
        _("the way we do it cannot work"),
        _("We did it as it is meant to be done, and that way could not lead to a good end; or there was no way."),
        _("no step in which site notes reach the quote; two tools that must be filled in by hand and never agree."),
        _("a good way that was not taken (procedures not followed)."),
        _("Nothing in our process asks who at the buyer's signs. We learned it after the decision."),
        _("The new procedure is written down and was used in the next ten deals; this is not seen in ten reviews."),
    ),
    Category(
        "procedures_ignored",
        "4",
        _("Procedures not followed"),
        _("there is a way, it was not taken"),
        _("There is a known and workable way of doing it, and this time it was not taken."),
        _("a booked call that was not made; a quote without the second pair of eyes that we always ask for."),
        _("a way that cannot work even if it is followed (inadequate procedures)."),
        _("The visit sheet was filled in, and the quote was written without opening it."),
        _("In the next ten deals the step was taken each time, or somebody wrote down why not."),
    ),
    Category(
        "wrong_person",
        "5",
        _("Wrong person in a role"),
        _("the task did not fit the person"),
        _("The role asked for knowledge, rank or a manner that whoever filled it could not have."),
        _("a specialist sent to a talk about money; nobody of their director's rank on our side."),
        _("the right role with nobody free to fill it (too few people)."),
        _("Their board asked about financing. We had sent two engineers."),
        _("For the next ten bids the roles were matched to the buyer's people before the first meeting."),
    ),
    Category(
        "understaffed",
        "6",
        _("Too few people on a function"),
        _("the work had no hands"),
        _("The work was known and planned, and there were not enough people to do it."),
        _("one bid writer for four bids; demo engineer booked out for three weeks."),
        _("enough people, but nobody down for it (planning and scheduling)."),
        _("The only person who can size a furnace was on holiday. The buyer waited sixteen days."),
        _("The function has a second person, and no bid of the next ten waited for it."),
    ),
    Category(
        "technology",
        "7",
        _("Inadequate technology"),
        _("tools or product fell short"),
        _("The product or a tool we work with could not do what was needed."),
        _("a demo unit that would not pair; no interface to the buyer's system; a quote tool that loses options."),
        _("a tool that can do it and was not used (procedures not followed)."),
        _("The demo unit would not pair with their gateway. We had never tried that model."),
        _("No failure of this kind in the next ten demos."),
    ),
    Category(
        "budget",
        "8",
        _("Insufficient selling budget"),
        _("we could not spend what it took"),
        _("Winning would have taken money for travel, samples, a pilot or an expert, and it was not there."),
        _("no second site visit approved; no money for the pilot the rival gave for nothing."),
        _("a price that was too high (errors in judgment, or what we knew of the competition)."),
        _("The buyer asked for a two-week pilot. We had no unit to lend and no money to buy one."),
        _("The next five requests of this kind were decided within two days, with a budget to decide on."),
    ),
    Category(
        "planning",
        "9",
        _("Poor planning and scheduling"),
        _("too late, wrong order, nobody down for it"),
        _("Work began too late, in the wrong order, or nobody was down for it."),
        _("no follow-up booked; rehearsal the evening before; two bids in one week."),
        _("a booked call that was not made (procedures not followed)."),
        _("Eighteen days without a word from us while they compared three offers."),
        _("In the next ten reviews every quote had a next step with a date and a name."),
    ),
    Category(
        "customer_knowledge",
        "0",
        _("Insufficient or inaccurate customer knowledge"),
        _("we did not know the buyer well enough"),
        _("We did not know, or were wrong about, what the buyer needs, who decides, or how they decide."),
        _("did not know the purchasing rules; sold to somebody who had no say; missed that they were restructuring."),
        _("we knew it and did nothing with it (errors in judgment)."),
        _("We learned on the day of the decision that the plant manager has no say in purchases over €50,000."),
        _("For the next ten deals, who decides and by what is written down before the quote."),
    ),
    Category(
        "competitor_knowledge",
        "-",
        _("Inadequate information about the competition"),
        _("we did not know what the rival could do"),
        _("We did not know, or were wrong about, what the rivals offer, charge or say about us."),
        _("surprised by a rental offer; did not know that the rival had bought a service firm."),
        _("we knew the rival's offer and had no answer to it (technology, or errors in judgment)."),
        _("Their rental model was on the rival's web page for a year. None of us had read it."),
        _("For the next ten deals with this rival, a page on its offer was read before the quote."),
    ),
]

BY_CODE = {category.code: category for category in CATEGORIES}
CATEGORY_CHOICES = [(category.code, category.label) for category in CATEGORIES]

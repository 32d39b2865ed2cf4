"""Small closed classes of English words the sentence rules ask for (section 5)."""

import re


def set_of(text: str) -> frozenset[str]:
    """Return the words of a line."""
    return frozenset(text.split())


OWN = set_of("i we me us my our i'm i've i'll i'd we're we've we'll we'd let's")
OWN_SUBJECTS = set_of("i we i'm i've i'll i'd we're we've we'll we'd")
PERSONAL = re.compile(r"(?:i|we|you|he|she|they|it)(?:'[a-z]+)?\Z")
THIRD_PERSON = re.compile(r"(?:he|she|they|it)(?:'[a-z]+)?\Z")
PREPOSITIONS = set_of(
    "of by to with from for at in on through via using under over per about after before between during into onto "
    "within without against toward towards since until than as like alongside around beyond outside upon"
)
JOINERS = set_of("and or nor but so that which who whom whose if when while where because although unless yet")
ARTICLES = set_of("a an the this that these those any some each every no her his their your its")
BE_AND_HELPERS = set_of(
    "am is are was were be been being do does did have has had will would shall should can could may might must "
    "not also always often usually then now still just only never ever sometimes gladly already typically "
    "generally normally routinely currently fully personally regularly first"
)
PEOPLE = set_of(
    "client clients patient patients people person adult adults member members man men woman women senior seniors "
    "athlete athletes those anyone anybody everyone everybody someone somebody participant participants worker "
    "workers runner runners individual individuals family families person's client's clients'"
)
SUBORDINATORS = set_of("when once after before since until that whose who which whether if as while where because")
# "We help you fix your posture": the one who is helped does not act on their own account.
HELPING = set_of(
    "help helps helped helping let lets letting get gets getting give gives gave giving offer offers offered show "
    "shows teach teaches taught train trains coach coaches support supports make makes allow allows enable "
    "enables enabling bring brings send sends serve serves guide guides assist assists empower empowers keep "
    "keeps"
)
# "I asked Dr. Cho to treat", "I hope you treat": after these the next person is the one who acts.
HANDING_OVER = set_of(
    "ask asks asked asking tell tells told trust trusts trusted want wants wanted expect expects expected invite "
    "invites invited request requests requested hope hopes know knows knew believe believes understand "
    "understands understood hear heard note noted learn learned learnt say says said think thinks thought see saw "
    "urge urged rely wait leave leaves left refer refers referred require requires advise advised"
)
# What the practice does with somebody else's paper, as opposed to making one.
RECEIVING = set_of(
    "receive receives received receiving get gets got have has had follow follows followed following read reads "
    "reading review reviews reviewed keep keeps kept note notes noted see saw hold held file files filed await "
    "awaiting respect respects respected observe observes honor honors know knows understand understood "
    "appreciate need needs request requested require requires match matches wait obtain obtained accept accepts "
    "accepted list lists listed record records recorded copy copied quote quoted"
)
DELIVERING = set_of(
    "provide provides provided providing offer offers offered offering begin begins began beginning start starts "
    "started starting give gives gave given giving perform performs performed performing do does did doing design "
    "designs designed designing create creates created creating write writes wrote written writing develop "
    "develops developed developing build builds built building prepare prepares prepared preparing conduct "
    "conducts conducted conducting make makes made making deliver delivers delivered delivering run runs ran "
    "running"
)


# With a verb between, "our" owns something else: "our work complements physical therapy".
COMPLEMENTING = set_of(
    "complement complements complemented complementing bridge bridges bridging build builds picks pick"
)
VERBS = HELPING | HANDING_OVER | RECEIVING | DELIVERING | BE_AND_HELPERS | COMPLEMENTING


def is_plain(word: str) -> bool:
    """Say whether a word may stand between an owner and what is owned: "our new rehab" ("no preposition")."""
    return not (word in PREPOSITIONS or word in JOINERS or word in PEOPLE or word in OWN or PERSONAL.match(word))


def is_adjective(word: str) -> bool:
    """Say whether a word may stand between my or our and what is ours; a verb may not."""
    return is_plain(word) and word not in VERBS

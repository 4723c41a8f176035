"""Which given names are forms of one name: short forms, and one name written from another script in several ways.

Our own table. A form may stand under several names (Alex, Chris, Bert): such a form agrees with each of them.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

_SHORT: Final = """
abigail abi abby gail
adelaide addie ada
albert al bert bertie
alexander alex alec alasdair alistair alastair sandy sasha xander aleksander aleksandr alexandre alejandro oleksandr
alexandra alex sandra sasha lexi aleksandra alexa
alfred alf alfie fred
alice ali alys alicia
amanda mandy
andrew andy drew andrei andrzej andreas andre
angela angie
ann anna anne annie nan nancy anya ania hannah
anthony tony antony antonio anton
arthur art artie
barbara barb barbie babs
bartholomew bart
beatrice bea trixie beatrix
benjamin ben benji benny
bernard bernie
bethany beth
bridget biddy bridie brigid
cameron cam
caroline carol carrie lina
catherine cathy cath kate katie kitty kathryn katherine kathleen kay cate katarzyna kasia catrin katerina
cecilia cissie celia
charles charlie chas chuck karl carlos karol
charlotte lottie charlie lotte
christina christine chris chrissie tina kristina kirsty
christopher chris kit topher krzysztof
clifford cliff
constance connie
cynthia cindy
daniel dan danny daniele danyal
danielle dani
david dave davy dai dafydd dawid
deborah debbie deb debra
dennis den
derek del
desmond des
diana di diane dianne
dominic dom nic
donald don donnie
dorothy dot dottie dolly dora
douglas doug dougie
edith edie
edmund ed ted eddie
edward ed eddie ted teddy ned eduardo edouard
edwin ed eddie
eileen aileen
eleanor ellie nell nellie nora elinor
elizabeth liz lizzie beth betty bess bessie eliza elsie libby lisa betsy lilibet elisabeth elzbieta isabel
ellen nell nellie ellie helen
emily em emmy emilia
emma em emmie
ernest ernie
eugene gene evgeny yevgeny
evelyn eve evie
florence flo florrie flossie
frances fran frankie fanny francesca
francis frank frankie fran francisco
franklin frank
frederick fred freddie freddy fritz
gabriel gabe
gareth gaz gary
geoffrey geoff jeff jeffrey
george georgie jorge giorgos jerzy georgios
georgina georgia georgie gina
gerald gerry jerry ged
gerard gerry ged
gertrude gertie trudy
gillian gill jill jillian
gordon gordie
graham graeme grahame
gregory greg grzegorz
gwendoline gwen gwenda gwendolyn
harold harry hal
harriet hattie harry
helen nell ellen helena elena
henry harry hal hank enrique
herbert herb bert bertie
hugh hughie huw
ian iain
irene rene
isaac ike zak
isabella bella izzy isobel isabelle ella isabel
jacob jake jakub yaqub
jacqueline jackie jacqui
james jim jimmy jamie jem seamus hamish diego
jane janie jenny janet jean joan
janet jan
jason jay
jennifer jen jenny jenni
jeremy jerry jez
jessica jess jessie
joan joanie
joanna jo joanne joann johanna joana
john jack johnny jon jonny ian sean shaun shane evan ivan jan juan giovanni hans ioan
jonathan jon jonny johnathan jonathon nathan
joseph joe joey jo jose josef jozef yusuf yousef yousuf yousaf youssef giuseppe
josephine jo josie
joshua josh
judith judy jude
julia julie jules juliet
kenneth ken kenny
kimberley kim
laura laurie lauren
lawrence larry laurie lawrie laurence
leonard len lenny leo
leslie les lesley
lewis lew louis luis ludwig
lillian lily lil lilian
louise lou
lucy lucinda lucia lu
lydia liddy
madeleine maddie maddy madeline
malcolm mal
margaret maggie meg peggy marge margie greta daisy rita madge mags peg malgorzata marguerite
maria mary marie mariam maryam miriam mariya moira maureen molly polly mae may
marilyn lyn
marjorie marge margery
mark marc marcus marek marco
martin marty martyn
matilda tilly mattie
matthew matt matty mathew mateusz matteo
maurice morris mo
maxwell max
melanie mel
melissa mel missy
michael mick mike mickey micky mikey mitch michal miguel mikhail mihai michele
michelle shell chelle shelly
mildred millie
millicent millie
mohammed muhammad mohamed mohammad muhammed mohamad mohd md mohamud mahomed mehmet mo
monica mon
nancy nan
natalie nat natalia natasha nataliya
nathaniel nate nat nathan
nicholas nick nicky nico nicolas nikolai mykola mikolaj
nicola nicky nikki nic nicole
norman norm
oliver ollie olly
olivia liv livvy
pamela pam
patricia pat patsy tricia trish paddy
patrick pat paddy patryk padraig rick
paul pablo paulo pawel pavel
pauline paula
penelope penny
peter pete piotr pedro petr petros pyotr
philip phil phillip pip filip felipe
phyllis phyl
priscilla cilla
rachel rach rae rachael raquel
raymond ray
rebecca becky becca bex
reginald reg reggie
richard dick rick ricky rich richie dickie ricardo ryszard
robert bob bobby rob robbie robby bert roberto robin
roberta bobbie
roger rodge
roland rollo
ronald ron ronnie
rosemary rose rosie romy
russell russ
samantha sam sammy
samuel sam sammy
sarah sally sara sadie sal zara
sebastian seb
sharon shaz
sheila shelagh
sidney sid sydney
simon si szymon
sophia sophie sofia sophy zofia
stanley stan
stephanie steph stef
stephen steve steven stevie stefan esteban ste
stewart stuart stu
susan sue susie suzie susanna suzanne susannah suzy zuzanna
sylvia syl silvia
terence terry terrence
teresa terri tess tessa theresa tracy
theodore ted theo teddy
thomas tom tommy thom tomasz tomas
timothy tim timmy
valerie val
vera verity
veronica ronnie
victor vic viktor
victoria vicky vicki tori vikki
vincent vince vinny
violet vi
virginia ginny
walter wally walt
wilfred wilf
william will bill billy willie liam wil wilhelm guillermo gwilym
winifred win winnie freda
yvonne vonnie
zachary zac zach zak zachariah zakariya
abdullah abdulla abdallah abdoulaye
abdulrahman abdurrahman abdirahman abdelrahman
ahmed ahmad achmed ahmet ahmat
aisha aysha ayesha aishah aicha ayse
ali aly aliyu
amina aminah ameena aamina amna
dmitri dmitry dimitri dmytro dima
ekaterina yekaterina katya kateryna
fatima fatimah fatma fathima fatemeh fatoumata
hassan hasan hasaan
hussain hussein husain hossein hussien husayn huseyin hossain
ibrahim ebrahim ibraheem
imran emran
ismail ismael ishmael esmail
jamal gamal jamaal
khadija khadijah kadija khadeeja
khalid khaled
mahmoud mahmood mehmood mahmud
mustafa mostafa mustapha moustafa
nasir naseer nasser
omar umar omer
osman usman othman uthman ousmane
rashid rasheed
sayed syed sayyid said saeed saeid
sergei sergey serhiy sergiy serge
suleiman sulaiman suleyman solomon sulayman
tariq tarik tareq
vladimir volodymyr vova
xiaoming xiao
yulia julia yuliya iuliia
zainab zaynab zeinab zeynep
"""


def _names() -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for line in _SHORT.split("\n"):
        forms = line.split()
        for form in forms:
            known = found.setdefault(form, [])
            if forms[0] not in known:
                known.append(forms[0])
    return {form: tuple(names) for form, names in found.items()}


_NAMES: Final = _names()


@lru_cache(maxsize=100_000)
def roots_of(given: str) -> tuple[str, ...]:
    """Return the names a given name (standardised) may be a form of, itself first where the table does not know it."""
    return _NAMES.get(given, (given,))

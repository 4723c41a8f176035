"""Names to put together people, streets and wards from: a plausible mix for a British borough. Nobody in particular."""

from __future__ import annotations

from typing import Final

Names = tuple[str, ...]


def _words(text: str) -> Names:
    return tuple(text.split())


# Where a family's names come from: share, given names of women, of men, family names, languages other than English.
# The shares follow the broad groups of the 2021 census for an English city; they are judged, not counted.
ORIGINS: Final[tuple[tuple[float, Names, Names, Names, Names], ...]] = (
    (
        0.735,
        _words(
            "Margaret Jean Patricia Sheila Barbara Doreen Maureen Joan Brenda Susan Linda Christine Carol Janet Julie"
            " Karen Jacqueline Deborah Tracey Sharon Helen Alison Joanne Nicola Lisa Claire Sarah Michelle Emma Rachel"
            " Laura Rebecca Gemma Kelly Amy Stacey Hannah Charlotte Jessica Lauren Chloe Sophie Emily Olivia Georgia Ellie"
            " Grace Ruby Amelia Isla Freya Poppy Evie Daisy"
        ),
        _words(
            "John William Kenneth Ronald Derek Brian Peter Raymond Alan Keith Roger Michael David Stephen Paul Graham Ian"
            " Kevin Andrew Mark Gary Neil Simon Martin Darren Lee Craig Jason Stuart Matthew Daniel James Christopher Adam"
            " Ryan Luke Thomas Joshua Jack Samuel Callum Liam Connor Jake Lewis Harry George Oliver Alfie Charlie Archie Leo"
        ),
        _words(
            "Smith Jones Taylor Brown Wilson Walker Robinson Wood Thompson White Hall Green Wright Clarke Jackson Turner"
            " Hill Harrison Ward Cooper Hughes Edwards Lewis Harris Martin Shaw Holmes Barker Hudson Ellis Fletcher"
            " Thornton Whitaker Ashworth Sutcliffe Greenwood Ackroyd Dyson Firth Hirst Haigh Illingworth Mellor Naylor"
            " Ogden Priestley Ramsden Schofield Sykes Tordoff Utley Varley Waterhouse Armitage Bairstow Crabtree Drake"
            " Earnshaw Farrar Gledhill Hartley Ibbotson Jowett Kershaw Lumb Midgley Normington Oldroyd Pickles Rhodes"
            " Stead Tempest Wadsworth Marsh Payne Barrett Chapman Mason Knight Dixon Gibson Palmer Webb Rogers Stevens"
        ),
        (),
    ),
    (
        0.06,
        _words("Ayesha Fatima Zainab Nadia Samina Rukhsana Shazia Saima Aisha Maryam Iqra Hafsa Sana Bushra Nasreen Uzma"),
        _words("Mohammed Imran Asif Tariq Shahid Yusuf Bilal Hamza Ibrahim Zubair Kashif Nadeem Waseem Adil Usman Faisal"),
        _words("Khan Hussain Ahmed Ali Akhtar Mahmood Iqbal Malik Shah Mirza Rashid Aziz Qureshi Butt Begum Bashir"),
        ("ur", "ur", "pa", "bn"),
    ),
    (
        0.04,
        _words("Priya Anita Sunita Meena Kavita Nisha Harpreet Manjit Jaspreet Simran Rekha Hetal Kiran Pooja Deepa"),
        _words("Raj Sanjay Amit Vijay Anil Gurpreet Harjit Balvinder Sukhdev Rohan Arjun Nikhil Dinesh Ramesh Kamal"),
        _words("Patel Singh Kaur Sharma Shah Gill Sandhu Dhillon Mistry Desai Parmar Chauhan Bains Sidhu Rao Joshi"),
        ("pa", "gu", "pa"),
    ),
    (
        0.04,
        _words("Agnieszka Katarzyna Magdalena Joanna Ewa Monika Anna Beata Dorota Justyna Zofia Maja Oliwia"),
        _words("Piotr Tomasz Krzysztof Marcin Pawel Marek Andrzej Jakub Lukasz Grzegorz Adam Kacper Szymon"),
        _words("Nowak Kowalski Wisniewski Wojcik Kaminski Lewandowski Zielinski Szymanski Wozniak Kozlowski Jankowski Mazur"),
        ("pl", "pl", "en"),
    ),
    (
        0.02,
        _words("Elena Andreea Ioana Mihaela Cristina Daniela Alina Raluca Gabriela Simona"),
        _words("Andrei Alexandru Mihai Ionut Florin Bogdan Vasile Cristian Radu Marius"),
        _words("Popescu Ionescu Popa Dumitru Stan Stoica Gheorghe Rusu Munteanu Matei Constantin Serban"),
        ("ro", "ro", "en"),
    ),
    (
        0.035,
        _words("Ngozi Chidinma Amara Folake Abena Akosua Ama Efua Blessing Patience Mercy Tendai Rutendo Selam Hodan Amina"),
        _words("Chukwu Emeka Tunde Kwame Kofi Kwabena Segun Femi Tapiwa Farai Dawit Yonas Abdi Ismail Samuel Emmanuel"),
        _words("Okafor Adeyemi Okonjo Mensah Owusu Boateng Asante Nkosi Moyo Ndlovu Tesfaye Haile Abdi Warsame Bello Eze"),
        ("so", "ti", "en", "en", "en"),
    ),
    (
        0.02,
        _words("Marcia Beverley Yvonne Sonia Claudette Shanice Aaliyah Jada Monique Natalie Paulette"),
        _words("Winston Leroy Desmond Clive Errol Marlon Jermaine Tyrone Dwayne Marcus Delroy"),
        _words("Campbell Francis Grant Gordon Reid Bailey Morgan Samuels Richards Henry Joseph Bennett"),
        (),
    ),
    (
        0.015,
        _words("Mei Xiu Li Hui Ling Jing Yan Fang Siu Wai"),
        _words("Wei Jian Ming Chun Hao Kwok Tsz Lok Yat Bo"),
        _words("Chen Wong Lee Chan Lam Cheung Liu Zhang Wang Ho Ng Leung"),
        ("zh", "en"),
    ),
    (
        0.02,
        _words("Siobhan Aoife Niamh Bridget Kathleen Maeve Orla Roisin Sinead Bernadette"),
        _words("Patrick Declan Sean Eamon Brendan Kieran Niall Fergal Conor Dermot"),
        _words("Murphy Kelly Walsh Ryan Byrne Doyle Gallagher Doherty Kennedy Lynch Quinn Connolly"),
        (),
    ),
    (
        0.015,
        _words("Layla Noor Shirin Rania Hanan Yasmin Leila Parisa Dilan Zeynep"),
        _words("Omar Karim Reza Hassan Ahmad Farhad Sami Khalid Azad Mehmet"),
        _words("Hassan Rahimi Karimi Haddad Mansour Najjar Aziz Demir Yilmaz Rostami Barzani Sultani"),
        ("ar", "fa", "ku", "tr", "en"),
    ),
)  # fmt: skip

WARDS: Final = _words(
    "Abbeygate Beckside Castlefield Dunmoor Eastholme Fairbank Greave Highcliffe Ingsworth Kirkbeck Lowfold Millgate"
    " Northfold Oakwell Priorsmead Quarrydale"
)
STREETS: Final = _words(
    "Abbey Albert Alder Ash Bank Barley Beck Beech Birch Bramble Bridge Brook Burnsall Canal Castle Cedar Chapel Cherry"
    " Church Clover Colliery Coppice Cross Dale Dove Elm Fern Field Forge Foundry Garden Glebe Grange Hawthorn Hazel Heath"
    " Hill Holly Hope Ivy Kestrel King Larch Laurel Lime Linden Lock Manor Maple Market Meadow Mill Moor Nelson Oak Orchard"
    " Park Poplar Priory Prospect Quarry Queen Railway Ridge River Rose Rowan School Spring Station Stone Summer Sycamore"
    " Thorn Tower Union Vicar Victoria Walnut Water Well West Willow Windsor Wren York"
)
ENDINGS: Final = _words(
    "Street Road Lane Avenue Close Grove Terrace View Drive Crescent Place Gardens Mount Walk Court Way"
)

"""Names for guests who have none in the data: made from a key, by country.

NAME-1 the same key and country give the same name in every run and runtime. The names are common
ones of each language, combined freely; they belong to nobody.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class _Names:
    first: tuple[str, ...]
    last: tuple[str, ...]
    double: bool = False
    """Two surnames are usual."""


def _names(first: str, last: str, *, double: bool = False) -> _Names:
    return _Names(tuple(first.split()), tuple(last.split()), double)


_PORTUGUESE: Final = _names(
    "Ana Beatriz Carolina Catarina Filipa Inês Joana Leonor Luísa Mafalda Margarida Maria "
    "Marta Matilde Rita Sofia Teresa André António Bruno Diogo Duarte Francisco Gonçalo João "
    "Jorge José Luís Manuel Miguel Nuno Paulo Pedro Ricardo Rui Tiago Tomás Vasco",
    "Almeida Alves Antunes Azevedo Baptista Barbosa Cardoso Carvalho Castro Coelho Correia "
    "Costa Cunha Dias Esteves Fernandes Ferreira Fonseca Freitas Gomes Gonçalves Henriques "
    "Lopes Machado Magalhães Marques Martins Matos Melo Mendes Monteiro Moreira Neves Nunes "
    "Oliveira Pereira Pinto Ramos Reis Ribeiro Rocha Rodrigues Santos Silva Simões Soares "
    "Sousa Tavares Teixeira Vaz Vieira",
    double=True,
)
_SPANISH: Final = _names(
    "Alba Ana Carmen Cristina Elena Irene Isabel Laura Lucía María Marta Nuria Paula Pilar "
    "Sara Alejandro Álvaro Antonio Carlos Daniel David Diego Fernando Iñaki Javier Jesús "
    "Jordi Jorge José Juan Luis Manuel Miguel Pablo Rafael Sergio",
    "Alonso Álvarez Blanco Castro Delgado Díaz Domínguez Fernández Flores García Gil Gómez "
    "González Gutiérrez Hernández Iglesias Jiménez López Marín Martín Martínez Medina Molina "
    "Moreno Muñoz Navarro Núñez Ortega Ortiz Pérez Ramírez Ramos Rodríguez Romero Rubio Ruiz "
    "Sánchez Sanz Serrano Suárez Torres Vázquez",
    double=True,
)
_ENGLISH: Final = _names(
    "Alice Amelia Aoife Charlotte Chloe Claire Ella Emily Emma Freya Grace Hannah Isla "
    "Jessica Laura Lucy Niamh Olivia Poppy Sarah Siobhán Sophie Adam Benjamin Callum Connor "
    "Daniel David Ewan George Harry Jack James Jacob Kieran Liam Oliver Oscar Ryan Samuel "
    "Thomas William",
    "Adams Allen Bailey Baker Bennett Brown Byrne Campbell Carter Clarke Collins Cooper "
    "Davies Edwards Evans Fraser Gallagher Green Hall Harris Hughes Jackson Johnson Jones "
    "Kelly Kennedy King Lewis MacDonald Martin Mitchell Moore Morgan Murphy O’Brien O’Connor "
    "O’Sullivan Parker Patel Phillips Roberts Robinson Ryan Scott Singh Smith Stewart Taylor "
    "Thomas Thompson Turner Walker Walsh White Williams Wilson Wright",
)
_FRENCH: Final = _names(
    "Amélie Anaïs Camille Céline Chloé Élise Émilie Hélène Inès Juliette Léa Louise Manon "
    "Margaux Mathilde Zoé Adrien Alexandre Antoine Benoît Clément Étienne François Gaël "
    "Guillaume Hugo Jérôme Julien Loïc Lucas Mathieu Nicolas Olivier Théo",
    "André Bernard Bertrand Blanc Bonnet Boyer Chevalier Claes David Dubois Dupont Durand "
    "Fontaine Fournier François Garcia Garnier Gauthier Girard Janssens Lambert Laurent "
    "Leclercq Lefèbvre Legrand Leroy Martin Mercier Michel Moreau Morel Muller Peeters Petit "
    "Richard Robert Rousseau Roux Simon Thomas Vincent",
)
_GERMAN: Final = _names(
    "Andrea Anja Annika Birgit Claudia Franziska Greta Hanna Heike Jana Johanna Julia Karin "
    "Katharina Lena Mia Nele Petra Sabine Ursula Alexander Andreas Björn Christian Dominik "
    "Felix Florian Friedrich Hans Jan Jonas Jürgen Klaus Lukas Maximilian Niklas Stefan "
    "Tobias Wolfgang",
    "Bauer Baumann Becker Berger Braun Brunner Fischer Frank Fuchs Gruber Günther Hartmann "
    "Hoffmann Hofmann Huber Jung Kaiser Keller Klein Koch Köhler König Krause Krüger Lang "
    "Lehmann Maier Mayer Meier Meyer Müller Neumann Peters Richter Roth Schäfer Schmid "
    "Schmidt Schmitt Schneider Scholz Schröder Schulz Schwarz Steiner Vogel Wagner Weber Weiß "
    "Werner Wolf Zimmermann",
)
_ITALIAN: Final = _names(
    "Alessia Arianna Beatrice Chiara Elisa Federica Francesca Giorgia Giulia Ilaria Martina "
    "Sara Sofia Valentina Alessandro Andrea Davide Enrico Fabio Federico Filippo Francesco "
    "Giovanni Giuseppe Lorenzo Luca Marco Matteo Niccolò Paolo Riccardo Simone Stefano",
    "Barbieri Bianchi Bruno Caruso Colombo Conti Costa D’Angelo D’Amico De~Luca Esposito "
    "Fabbri Ferrara Ferrari Fontana Galli Gallo Giordano Greco Leone Lombardi Longo Mancini "
    "Mariani Marino Martinelli Moretti Ricci Rinaldi Rizzo Romano Rossi Russo Santoro Serra "
    "Vitale",
)
_DUTCH: Final = _names(
    "Anouk Britt Eva Femke Fleur Lieke Lotte Maartje Sanne Saskia Bas Bram Daan Jasper Jeroen "
    "Joris Koen Lars Maarten Niels Pieter Ruben Sander Sjoerd Thijs Willem",
    "Bakker Bos Brouwer de~Boer de~Graaf de~Groot de~Jong de~Vries Dekker Dijkstra Hendriks "
    "Hoekstra Jacobs Janssen Kok Koster Kuipers Meijer Mulder Peters Prins Schouten Smit "
    "Smits van~Beek van~Dam van~den~Berg van~der~Meer van~Dijk van~Leeuwen Verhoeven "
    "Vermeulen Visser Vos",
)
_NORDIC: Final = _names(
    "Aino Astrid Ebba Elin Freja Frida Hanna Ida Ingrid Karin Linnéa Maja Saga Sigrid Signe "
    "Solveig Anders Björn Erik Emil Gustav Henrik Håkon Jens Kalle Lars Magnus Mikkel Nils "
    "Olof Rasmus Søren Sven Åke",
    "Andersen Andersson Berg Bergström Christensen Dahl Eriksson Gustafsson Hansen Haugen "
    "Holm Jensen Johansson Jørgensen Karlsson Korhonen Larsen Lindberg Lindqvist Mäkinen "
    "Møller Nielsen Nieminen Nilsson Olsen Olsson Pedersen Persson Petersen Rasmussen "
    "Sørensen Svensson Virtanen",
)
_SLAVIC: Final = _names(
    "Agnieszka Aleksandra Anna Dana Ewa Jana Jelena Kateřina Katarzyna Ksenija Magdalena "
    "Małgorzata Milica Natalia Olena Oksana Petra Zuzanna Andrej Bartosz Dmytro Ivan Jakub "
    "Jiří Kamil Krzysztof Łukasz Marek Michał Miloš Mykola Ondřej Paweł Piotr Stanisław Tomáš "
    "Wojciech",
    "Bondarenko Dąbrowski Dvořák Horvat Jankowski Jovanović Kamiński Kovač Kovačević "
    "Kowalczyk Kowalski Král Krawczyk Kučera Lewandowski Marković Mazur Melnyk Nikolić Nowak "
    "Novák Novotný Pavlović Petrović Procházka Shevchenko Svoboda Szymański Tkachenko "
    "Wiśniewski Wójcik Woźniak Zając Zieliński",
)
_RUSSIAN: Final = _names(
    "Alina Anastasia Anna Daria Ekaterina Elena Irina Ksenia Maria Nadezhda Olga Polina "
    "Svetlana Tatiana Yulia Alexei Andrei Anton Boris Dmitri Fyodor Igor Ilya Ivan Kirill "
    "Maxim Mikhail Nikolai Oleg Pavel Sergei Viktor Vladimir Yuri",
    "Belov Bogdanov Fedorov Golubev Ivanov Karpov Kiselev Komarov Kozlov Kuznetsov Lebedev "
    "Makarov Medvedev Mikhailov Morozov Nikitin Novikov Orlov Pavlov Petrov Popov Romanov "
    "Semenov Smirnov Sokolov Stepanov Tarasov Titov Vasiliev Volkov Vorobyov Zaitsev",
)
_ROMANIAN: Final = _names(
    "Alexandra Ana Andreea Cristina Elena Gabriela Ioana Maria Mihaela Raluca Ștefania Adrian "
    "Andrei Bogdan Cătălin Cristian Florin Gheorghe Ion Ionuț Mihai Radu Răzvan Ștefan Vlad",
    "Barbu Ciobanu Constantin Cristea Diaconu Dinu Dobre Dumitrescu Dumitru Florea Georgescu "
    "Ionescu Ioniță Lupu Marin Matei Moldovan Munteanu Nistor Popa Popescu Preda Radu Rusu "
    "Stan Stoica Toma Tudor Ungureanu Voicu",
)
_ARABIC: Final = _names(
    "Aicha Amina Fatima Hana Khadija Layla Leïla Mariam Nadia Noor Salma Samira Yasmine Zahra "
    "Ahmed Ali Amine Bilal Hamza Hassan Ibrahim Karim Khalid Mehdi Mohammed Mustafa Omar "
    "Rachid Samir Tariq Youssef Zayd",
    "Abdallah Alaoui Al~Farsi Al~Mansouri Belkacem Ben~Ali Benali Bennani Bouzid Chaoui "
    "Cherkaoui El~Amrani El~Fassi El~Idrissi Haddad Hamdan Idrissi Khalil Khoury Mansour "
    "Mansouri Nasser Rahmani Saïdi Salem Slimani Tazi Trabelsi Zerouali",
)
_CHINESE: Final = _names(
    "Fang Fen Hong Hui Jia Jing Juan Lan Li Lili Mei Min Na Ping Qian Xia Xiaoyan Xiu Yan "
    "Ying Bin Bo Chao Feng Gang Guo Hao Jian Jun Kai Lei Ming Peng Qiang Tao Wei Xin Yang "
    "Yong Zhiyuan",
    "Cai Chen Cheng Deng Ding Fan Feng Gao Guo Han He Hu Huang Jiang Li Liang Lin Liu Lu Luo "
    "Lü Ma Pan Peng Song Sun Tang Wang Wei Wu Xiao Xie Xu Yang Ye Yu Yuan Zeng Zhang Zhao "
    "Zheng Zhou Zhu",
)
_INDIAN: Final = _names(
    "Aditi Ananya Anjali Deepika Divya Isha Kavya Lakshmi Meera Nisha Pooja Priya Riya Shreya "
    "Sunita Aarav Aditya Amit Arjun Dev Gaurav Karthik Krishna Manish Nikhil Rahul Rajesh "
    "Rohan Sanjay Suresh Varun Vikram",
    "Agarwal Bhat Chatterjee Chopra Das Desai Gupta Iyer Jain Joshi Kapoor Khan Kumar "
    "Malhotra Mehta Menon Mishra Mukherjee Nair Narayan Pandey Patel Pillai Rao Reddy Shah "
    "Sharma Singh Srinivasan Subramanian Varma Verma",
)
_EAST_ASIAN: Final = _names(
    "Akiko Aoi Ayumi Haruka Hina Keiko Mei Naoko Sakura Yui Haruto Hiroshi Kaito Kenji Ren "
    "Satoshi Takeshi Yuta Ji-woo Min-ji Seo-yeon Soo-jin Su-bin Hyun-woo Jae-hyun Jun-ho "
    "Min-jun Sung-min",
    "Abe Fujita Gotō Hashimoto Hayashi Inoue Itō Katō Kimura Kobayashi Matsumoto Mori "
    "Nakamura Ōno Saitō Sasaki Satō Shimizu Suzuki Takahashi Tanaka Watanabe Yamada Yamamoto "
    "Yoshida Choi Jang Jeong Kang Kim Lee Lim Park Shin Yoon",
)
_TURKIC: Final = _names(
    "Ayşe Büşra Derya Elif Emine Esra Fatma Gül Hülya Leyla Meryem Nigar Sevda Zeynep Ahmet "
    "Ali Can Cem Emre Elçin Hakan Hüseyin Kemal Mehmet Murat Mustafa Orhan Rauf Selim Timur "
    "Yusuf",
    "Acar Aksoy Aliyev Arslan Aslan Aydın Bulut Çelik Çetin Demir Doğan Erdoğan Güneş "
    "Hüseynov Kaplan Kara Kaya Kılıç Koç Korkmaz Kurt Mammadov Öztürk Özdemir Özkan Polat "
    "Şahin Şimşek Yalçın Yıldız Yılmaz",
)
_GREEK: Final = _names(
    "Aikaterini Anastasia Angeliki Despina Eleni Georgia Ioanna Konstantina Maria Sofia "
    "Vasiliki Alexandros Andreas Charalampos Dimitris Georgios Giannis Konstantinos Kostas "
    "Michalis Nikos Panagiotis Spyros Thanasis",
    "Alexiou Angelopoulos Antoniou Christou Dimitriou Economou Georgiou Ioannou Karagiannis "
    "Konstantinou Makris Nikolaou Oikonomou Panagiotopoulos Papadakis Papadopoulos "
    "Papageorgiou Papanikolaou Pappas Vasileiou Vlachos",
)
_HEBREW: Final = _names(
    "Adi Avital Dana Efrat Hadas Liat Maya Michal Noa Noga Orly Rachel Shira Tamar Yael Alon "
    "Amit Avi Daniel Eitan Eyal Gal Guy Itai Moshe Nadav Omer Roi Uri Yonatan Yosef",
    "Avraham Azoulay Bar Ben~David Biton Cohen Dahan Friedman Gabay Goldberg Hadad Katz Levi "
    "Levy Malka Mizrahi Ohayon Peretz Rosenberg Segal Shapira Shalom Weiss Yosef",
)
_AFRICAN: Final = _names(
    "Abena Adaeze Amara Chipo Esi Grace Imani Lindiwe Nia Ngozi Rudo Thandiwe Wanjiru Zanele "
    "Chidi Emeka Juma Kofi Kwame Mandla Nelson Sipho Tendai Themba Thabo Tunde",
    "Abubakar Achieng Adeyemi Banda Boateng Chikwanha Chukwu Dlamini Eze Khumalo Mbeki Mensah "
    "Moyo Mthembu Mwangi Ncube Ndlovu Nkosi Nwosu Okafor Okeke Okonkwo Owusu Phiri Sithole "
    "Tembo Zulu",
)
_BALTIC: Final = _names(
    "Agnė Anna Austėja Eglė Ieva Kadri Kristīne Laura Liina Rasa Rūta Zane Andris Indrek "
    "Jānis Jonas Kaspars Lukas Mantas Mart Rein Tõnu Tomas Vytautas",
    "Balodis Bērziņš Ivanauskas Jansons Kalniņš Kask Kazlauskas Kuusk Liepiņš Mägi Ozols "
    "Petrauskas Rebane Saar Sepp Stankevičius Tamm Vaitkus Vasiliauskas Zariņš",
)

_BY_COUNTRY: Final[dict[str, _Names]] = {
    code: names
    for names, codes in (
        (_PORTUGUESE, "PRT BRA AGO MOZ CPV STP GNB TLS PT BR"),
        (_SPANISH, "ESP MEX ARG COL CHL PER VEN URY CRI CUB ECU BOL PRI DOM AND ES MX AR"),
        (_ENGLISH, "GBR IRL USA AUS NZL CAN JEY GGY IMN GIB MLT JAM CYM GB UK IE US AU"),
        (_FRENCH, "FRA BEL LUX MCO FR BE LU"),
        (_GERMAN, "DEU AUT CHE LIE DE AT CH"),
        (_ITALIAN, "ITA SMR VAT IT"),
        (_DUTCH, "NLD SUR NL"),
        (_NORDIC, "SWE NOR DNK FIN ISL FRO SE NO DK FI"),
        (_SLAVIC, "POL CZE SVK SVN HRV SRB BIH MKD MNE BGR UKR PL CZ UA"),
        (_RUSSIAN, "RUS BLR KAZ RU BY"),
        (_ROMANIAN, "ROU MDA RO"),
        (_ARABIC, "MAR DZA TUN EGY LBY LBN JOR SYR IRQ SAU ARE KWT QAT OMN BHR MRT IRN MA"),
        (_CHINESE, "CHN CN HKG TWN MAC SGP MYS"),
        (_INDIAN, "IND LKA BGD NPL PAK IN"),
        (_EAST_ASIAN, "JPN KOR JP KR"),
        (_TURKIC, "TUR AZE UZB TKM TR"),
        (_GREEK, "GRC CYP GR"),
        (_HEBREW, "ISR IL"),
        (_AFRICAN, "ZAF NGA GHA KEN ZWE ZMB BWA CAF CMR UGA TZA SEN CIV ETH"),
        (_BALTIC, "LVA LTU EST LV LT EE"),
    )
    for code in codes.split()
}
_ANY: Final = tuple(dict.fromkeys(_BY_COUNTRY.values()))


def guest_name(key: str, country: str | None) -> tuple[str, str]:
    """First and last name for a key (hexadecimal digits, perhaps `-` and a count) and a country.

    >>> guest_name("00000000000000ff-0", "PRT") == guest_name("00000000000000ff-0", "PRT")
    True
    """
    content, _, times = key.partition("-")
    number = int(content, 16) + 7 * int(times or "0")
    names = _BY_COUNTRY.get(country or "")
    if names is None:
        names = _ANY[number % len(_ANY)]
        number //= len(_ANY)
    number, which = divmod(number, len(names.first))
    first = names.first[which]
    number, which = divmod(number, len(names.last))
    last = names.last[which]
    if names.double and number % 3:
        second = names.last[number // 3 % len(names.last)]
        last = f"{last} {second}" if second != last else last
    return first, last.replace("~", " ")

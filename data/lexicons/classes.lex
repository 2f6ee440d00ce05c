; microflux lexicon 1: the classes. Written for microflux, under the project's licence.
; A line is: bit name. A bit is for ever: it lies in Redis with every post. Niches have 0 to 15, anything else 16 to 63.
[niche]
0 FASHION
1 BEAUTY
2 FAMILY
3 FITNESS
4 FOOD
5 INTERIOR
6 PET
7 TRAVEL

[topic]
16 MUSIC
17 GAMING
18 TECH
19 CARS
20 FINANCE
21 BOOKS
22 ART
23 OUTDOOR
24 SPORTS
25 EDUCATION
26 PHOTOGRAPHY
27 FILM
28 COMEDY
29 DIY
30 GARDEN
31 SCIENCE
32 BUSINESS
33 WEDDING
34 WELLNESS
35 DANCE
36 NATURE
37 CRAFT

[value]
40 sustainability
41 inclusivity
42 local
43 animal_welfare
44 fair_trade
45 organic
46 zero_waste
47 second_hand
48 body_positivity
49 craftsmanship
50 solidarity
51 transparency

[unsafe]
52 alcohol
53 gambling
54 tobacco
55 weapons
56 adult
57 drugs
58 politics
59 violence
60 profanity
61 weight_loss
62 speculation

; Signs of a paid post (scoring.md §8); they have no bit.
[sign]
disclosed
code
link
call

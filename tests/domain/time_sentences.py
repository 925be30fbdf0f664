"""What people say and write when asked when to call; the answers are of a Wednesday, 2026-11-18, ten in the morning."""

from __future__ import annotations


def _table(text: str) -> list[tuple[str, str]]:
    rows = [line.rpartition("|") for line in text.strip().splitlines()]
    return [(said.strip(), meant.strip()) for said, _, meant in rows]


ENGLISH = _table("""
tomorrow at ten                                           | 11-19 10:00
Tomorrow at 10.                                           | 11-19 10:00
tomorrow                                                  | 11-19 10:00
tomorrow morning                                          | 11-19 09:00
tomorrow afternoon                                        | 11-19 15:00
tomorrow evening                                          | 11-19 18:00
tomorrow night at 8                                       | 11-19 20:00
in an hour                                                | 11-18 11:00
in an hour and a half                                     | 11-18 11:30
in half an hour                                           | 11-18 10:30
in 2 and a half hours                                     | 11-18 12:30
in 1 hour and 30 minutes                                  | 11-18 11:30
in a couple of hours                                      | 11-18 12:00
in twenty minutes                                         | 11-18 10:20
in 45 min                                                 | 11-18 10:45
two hours from now                                        | 11-18 12:00
in 3 days                                                 | 11-21 10:00
in 2 days at 4                                            | 11-20 16:00
in a week                                                 | 11-25 10:00
monday at 3 pm                                            | 11-23 15:00
Monday at 3 p.m.                                          | 11-23 15:00
MONDAY 3PM                                                | 11-23 15:00
monday                                                    | 11-23 10:00
thurs 2:30                                                | 11-19 14:30
friday                                                    | 11-20 10:00
this friday at noon                                       | 11-20 12:00
next monday                                               | 11-23 10:00
next tuesday at 4                                         | 11-24 16:00
sat at 10                                                 | 11-21 10:00
saturday morning                                          | 11-21 09:00
11/25 at 2:30pm                                           | 11-25 14:30
11/25                                                     | 11-25 10:00
11/25/2026 at 9                                           | 11-25 09:00
november 25th at 4                                        | 11-25 16:00
25 november at 4                                          | 11-25 16:00
the twenty-fifth at eleven                                | 11-25 11:00
the 25th                                                  | 11-25 10:00
Nov. 25, 2026 at 9                                        | 11-25 09:00
wednesday november 25 at 5                                | 11-25 17:00
day after tomorrow at 1                                   | 11-20 13:00
after 6                                                   | 11-18 18:00
after six pm                                              | 11-18 18:00
tonight                                                   | 11-18 19:00
tonight at 8                                              | 11-18 20:00
6 tonight                                                 | 11-18 18:00
six this evening                                          | 11-18 18:00
this evening                                              | 11-18 18:00
this afternoon                                            | 11-18 15:00
noon                                                      | 11-18 12:00
noon tomorrow                                             | 11-19 12:00
midnight                                                  | 11-19 00:00
ten thirty                                                | 11-18 10:30
half past four                                            | 11-18 16:30
quarter to five                                           | 11-18 16:45
a quarter past nine tomorrow                              | 11-19 09:15
twenty minutes to four                                    | 11-18 15:40
ten past three                                            | 11-18 15:10
twenty past 2                                             | 11-18 14:20
ten o'clock                                               | 11-19 10:00
at 10 o'clock                                             | 11-19 10:00
3                                                         | 11-18 15:00
10                                                        | 11-19 10:00
12                                                        | 11-18 12:00
9                                                         | 11-19 09:00
10:30                                                     | 11-18 10:30
10.30                                                     | 11-18 10:30
1030                                                      | 11-18 10:30
at 1030                                                   | 11-18 10:30
14:30                                                     | 11-18 14:30
3pm                                                       | 11-18 15:00
3p                                                        | 11-18 15:00
at 3 in the afternoon                                     | 11-18 15:00
10 in the morning                                         | 11-19 10:00
seven in the evening                                      | 11-18 19:00
between 2 and 4                                           | 11-18 14:00
2-4 pm                                                    | 11-18 14:00
from 10 to 2 pm                                           | 11-19 10:00
8 to 9 pm                                                 | 11-18 20:00
10 or 11 tomorrow                                         | 11-19 10:00
tomorrow at 10 or 11                                      | 11-19 10:00
monday or tuesday at 3                                    | 11-23 15:00
today at 5                                                | 11-18 17:00
I can't stop by today, call me tomorrow at 10             | 11-19 10:00
I can't talk right now call me tomorrow at ten            | 11-19 10:00
call me at 614-555-0150 tomorrow at 10                    | 11-19 10:00
my zip is 43215 call me at 5                              | 11-18 17:00
good morning, call me at 3                                | 11-18 15:00
how about friday at ten am?                               | 11-20 10:00
Would tomorrow at 11 work?                                | 11-19 11:00
1 pm                                                      | 11-18 13:00
call me about my car insurance tomorrow at 10             | 11-19 10:00
tomorrow at twelve                                        | 11-19 12:00
five thirty pm on friday                                  | 11-20 17:30
at ten oh five                                            | 11-18 10:05
tmrw 4                                                    | 11-19 16:00
around 4ish                                               | 11-18 16:00
first thing tomorrow                                      | 11-19 09:00
first thing tomorrow morning                              | 11-19 09:00
from ten to five                                          | 11-19 10:00
Yes, 3 pm is fine, thank you!                             | 11-18 15:00
Can you please call me back at 4?                         | 11-18 16:00
anytime after 2 tomorrow                                  | 11-19 14:00
I'm free at five                                          | 11-18 17:00
Sure. Tomorrow. 11 am.                                    | 11-19 11:00
Not today, but tomorrow at 2                              | 11-19 14:00
ｔｏｍｏｒｒｏｗ ａｔ １０                                            | 11-19 10:00
12 pm                                                     | 11-18 12:00
12:30                                                     | 11-18 12:30
11 tomorrow morning                                       | 11-19 11:00
12 am                                                     | 11-19 00:00
the 30th at 9:30                                          | 11-30 09:30
the 2nd at 9                                              | 12-02 09:00
give me an hour                                           | 11-18 11:00
in about 2 hours                                          | 11-18 12:00
Make it 4                                                 | 11-18 16:00
In a meeting. 2 pm?                                       | 11-18 14:00
between 8am and noon                                      | 11-19 08:00
No. 4 pm.                                                 | 11-18 16:00
yes at 4                                                  | 11-18 16:00
""")

SPANISH = _table("""
mañana a las diez                                         | 11-19 10:00
mañana a las 10 de la mañana                              | 11-19 10:00
mañana por la mañana                                      | 11-19 09:00
mañana por la tarde                                       | 11-19 15:00
mañana en la mañana                                       | 11-19 09:00
mañana                                                    | 11-19 10:00
hoy a las 5 de la tarde                                   | 11-18 17:00
hoy a las cinco y media                                   | 11-18 17:30
las diez y media                                          | 11-18 10:30
a las diez y cuarto                                       | 11-18 10:15
a las cinco menos cuarto                                  | 11-18 16:45
a las cinco menos diez                                    | 11-18 16:50
cuarto para las cinco                                     | 11-18 16:45
un cuarto para las 5                                      | 11-18 16:45
diez para las tres                                        | 11-18 14:50
a la una                                                  | 11-18 13:00
a la una y media de la tarde                              | 11-18 13:30
a las doce                                                | 11-18 12:00
a las 12 del día                                          | 11-18 12:00
al mediodía                                               | 11-18 12:00
el lunes a las 3                                          | 11-23 15:00
lunes                                                     | 11-23 10:00
el próximo viernes                                        | 11-20 10:00
el lunes que viene a las nueve                            | 11-23 09:00
este viernes a las 4                                      | 11-20 16:00
el 25 de noviembre a las 4                                | 11-25 16:00
25 de noviembre                                           | 11-25 10:00
el 25 a las 3                                             | 11-25 15:00
el primero de diciembre a las 10                          | 12-01 10:00
veinticinco de noviembre a las dos                        | 11-25 14:00
25/11 a las 2                                             | 11-25 14:00
11/25 a las 2                                             | 11-25 14:00
pasado mañana a las once                                  | 11-20 11:00
en una hora                                               | 11-18 11:00
en hora y media                                           | 11-18 11:30
dentro de dos horas                                       | 11-18 12:00
dentro de dos horas y media                               | 11-18 12:30
en media hora                                             | 11-18 10:30
en veinte minutos                                         | 11-18 10:20
en treinta y cinco minutos                                | 11-18 10:35
en un par de horas                                        | 11-18 12:00
en 3 días                                                 | 11-21 10:00
esta tarde                                                | 11-18 15:00
esta noche a las 8                                        | 11-18 20:00
esta noche                                                | 11-18 19:00
hoy en la noche                                           | 11-18 19:00
después de las 6                                          | 11-18 18:00
a partir de las 4                                         | 11-18 16:00
entre las 2 y las 4                                       | 11-18 14:00
entre las 2 y 4                                           | 11-18 14:00
de 2 a 4 de la tarde                                      | 11-18 14:00
por la tarde                                              | 11-18 15:00
a las ocho de la noche                                    | 11-18 20:00
a las 14:30                                               | 11-18 14:30
a las 15                                                  | 11-18 15:00
10 am                                                     | 11-19 10:00
a las 4 p. m.                                             | 11-18 16:00
para mañana a las diez                                    | 11-19 10:00
puede llamarme mañana a las diez por favor                | 11-19 10:00
no puedo hoy, mejor mañana a las 10                       | 11-19 10:00
no puedo ahorita llámeme mañana a las diez                | 11-19 10:00
llámeme a las diez y veinte                               | 11-18 10:20
once                                                      | 11-18 11:00
tres                                                      | 11-18 15:00
las 3 o las 4                                             | 11-18 15:00
mañana como a las nueve                                   | 11-19 09:00
el sábado por la mañana                                   | 11-21 09:00
miércoles a las 4                                         | 11-25 16:00
buenos días, llámeme a las 3                              | 11-18 15:00
a las 5 en punto                                          | 11-18 17:00
a medianoche                                              | 11-19 00:00
Sí, mañana a las 2 está bien, gracias                     | 11-19 14:00
MAÑANA A LAS DIEZ                                         | 11-19 10:00
manana a las 10                                           | 11-19 10:00
deme media hora                                           | 11-18 10:30
en unas dos horas                                         | 11-18 12:00
llámame el jueves en la tarde como a las 4                | 11-19 16:00
a eso de las 4                                            | 11-18 16:00
el 2 a las 9                                              | 12-02 09:00
en la noche después de las 7                              | 11-18 19:00
""")

NO_TIMES = """
call me
yes
no
ok
I am 65
I'm 65
I am 12
how much is it?
614-555-0150
call me at 614-555-0150
call me at 6145550150
43215
my zip is 43215
in ohio
in 43215
what time do you open tomorrow?
are you open tomorrow
do you work monday
my policy expires tomorrow
my policy ends on friday
my appointment is tomorrow, at 10
I was born 11/25/1960
born november 25 1960
yesterday at 10
last monday
in 3 weeks
in 15 days
12/25
11/17
11/31 at 5
feb 30
the 31st
13/13
next week
a week from monday
later
soon
now
in 0 minutes
this morning
today
I work tomorrow at 10
is it 10 am?
it's 10 am here
3 kids
2 cars and 3 kids
call me 2 times
the bus stop on 5th
at 65
at 25:00
10:75
99
$10
$10.30
10%
ten dollars
about $40 a month
don't call me tomorrow
please do not call me at 10
before 5
until 5
10 to 5
ten to five
at 5 or tomorrow at 10
monday tuesday
monday november 25
midnight tomorrow
tonight at 3
call me at once
one of my kids
May I ask something
sun is up
123 Main Street
I have two policies
4/5 of it
2026
1965
1955
911
411
0
no me llame mañana
no quiero que me llamen mañana
tengo 65 años
son las 10
¿a qué hora abren mañana?
¿cuánto cuesta?
más tarde
la semana que viene
ayer a las 10
hoy
a las treinta
trabajo mañana a las 10
mi póliza vence mañana
para mi esposo
una pregunta
anytime but tomorrow
any day but monday at 3
thanks for calling this afternoon
gracias por llamar mañana
you called me at 10
I called you at 10
not tomorrow
3/4/58
I turn 65 on December 1
Effective 12/1
My birthday is December 1
need coverage by monday
I drive a 2015 Honda
mondays at 3
weekdays after 5
4-5
is 10 too late
3pm EST
in 30
may
mañana no puedo
hoy no mañana
tengo cita mañana a las 10
salgo a las 5
el 5
para 2 personas
""".strip().splitlines()

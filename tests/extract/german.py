"""A German article with what German is hard for: headings, compounds, abbreviations, ordinals."""

TITLES = (
    "Der Mittellandkanal", "Einleitung", "1 Geschichte des Baus", "2 Schleusen und Hebewerke",
    "3 Schiffsverkehr und Güterumschlag", "4 Umweltschutz", "Fazit",
)  # fmt: skip

ARTICLE = """\
Der Mittellandkanal
Einleitung
Der Mittellandkanal verbindet den Rhein mit der Elbe und ist mit 325,7 Kilometern die längste
künstliche Wasserstraße Deutschlands. Er beginnt bei Bergeshövede am Dortmund-Ems-Kanal und
endet bei Magdeburg, wo ihn eine Trogbrücke über die Elbe führt. Dieser Aufsatz beschreibt, wie
der Kanal entstand, wie seine Schleusen arbeiten, welche Güter auf ihm fahren und was sein
Ausbau für die Umwelt bedeutet. Er richtet sich an Leserinnen und Leser, die das deutsche
Wasserstraßennetz kennenlernen wollen, und setzt keine Fachkenntnisse der
Ingenieurwissenschaften voraus.
1 Geschichte des Baus
Schon im 19. Jahrhundert forderten Kaufleute eine Verbindung zwischen den großen Strömen. Der
preußische Landtag lehnte die Kanalvorlage jedoch zweimal ab, weil die Gutsbesitzer im Osten
billiges Getreide aus Übersee fürchteten. Erst am 1. April 1905 wurde das Gesetz verabschiedet,
und ein Jahr später begannen die Arbeiten bei Hannover. Bis 1916 war die Strecke bis zum Hafen
Misburg fertig. Nach dem Ersten Weltkrieg fehlte das Geld, sodass der Weiterbau nach Osten
mehrere Jahre ruhte. Am 30. Oktober 1938 wurde die Strecke bis Magdeburg eröffnet. Die geplante
Trogbrücke über die Elbe blieb unvollendet; ihre Pfeiler standen mehr als sechzig Jahre
ungenutzt im Fluss. Nach der Wiedervereinigung nahm die Bundesregierung das Vorhaben als
Verkehrsprojekt Nr. 17 wieder auf. Die Kanalbrücke Magdeburg wurde am 10. Oktober 2003 für den
Verkehr freigegeben und ist mit 918 Metern die längste Kanalbrücke Europas. Prof. Dr. Ing. Karl
Brandes leitete bis 1999 die Planung der Brücke.
12
Der Mittellandkanal
2 Schleusen und Hebewerke
Der Kanal überwindet auf seinem Weg nur wenige Höhenunterschiede, denn seine Scheitelhaltung
liegt auf 65 Metern über dem Meer und reicht von Anderten bis Sülfeld. Die Hindenburgschleuse in
Anderten hebt die Schiffe um 14,7 Meter; sie wurde 1928 eingeweiht und galt damals als größte
Binnenschleuse Europas. Ihre Sparbecken fangen bei jeder Schleusung rd. 75 Prozent des Wassers
auf, das beim nächsten Mal wiederverwendet wird. Das Schiffshebewerk Rothensee bei Magdeburg hob
die Schiffe bis 2006 in einem Trog, der auf zwei Schwimmern ruhte. Heute übernimmt eine
Sparschleuse diese Aufgabe, weil sie auch Großmotorgüterschiffe mit einer Länge von 110 Metern
aufnehmen kann.
Tabelle 1. Bauwerke des Kanals
Bauwerk Eröffnung Fallhöhe
Schleuse Anderten 1928 14,7 m
Schleuse Sülfeld 1937 9,0 m
Sparschleuse Rothensee 2001 18,5 m
3 Schiffsverkehr und Güterumschlag
Auf dem Kanal werden jedes Jahr etwa 22 Mio. Tonnen Güter befördert, v. a. Kohle, Erz, Getreide,
Kies und Container. Ein einziges Großmotorgüterschiff ersetzt dabei ungefähr neunzig
Lastkraftwagen. Der wichtigste Umschlagplatz ist Hannover, gefolgt von Braunschweig, Minden und
Salzgitter. Das Stahlwerk in Salzgitter bezieht einen großen Teil seines Erzes über einen
Stichkanal, der 1940 fertiggestellt wurde. Die Containerlinie zwischen Braunschweig und Hamburg
fährt seit 2001 dreimal in der Woche. Bei anhaltendem Niedrigwasser auf der Elbe weichen viele
Reedereien auf den Elbe-Seitenkanal aus, der den Mittellandkanal seit 1976 mit dem Hamburger
Hafen verbindet. Frau Dr. Meyer von der Generaldirektion Wasserstraßen rechnet mit einem
Wachstum des Containerverkehrs um 3,5 Prozent pro Jahr.
4 Umweltschutz
Der Ausbau für größere Schiffe begann 1965 und verbreiterte den Wasserspiegel auf 53 Meter.
Dabei gingen Uferstreifen verloren, in denen Eisvögel und Fischotter lebten. Als Ausgleich legte
die Verwaltung zwischen 1990 und 2010 mehr als 400 Hektar Flachwasserzonen und Feuchtwiesen an.
Biologinnen der Universität Hannover zählten dort im Jahr 2015 wieder 61 Brutpaare des
Eisvogels. Der Kanal versorgt außerdem die Landwirtschaft mit Wasser: In trockenen Sommern
entnehmen die Beregnungsverbände bis zu 20 Mio. Kubikmeter. Kritisch sehen Naturschutzverbände,
dass sich über die Wasserstraße gebietsfremde Arten wie die Schwarzmeergrundel ausbreiten. Ein
Versuch mit Fischsperren an der Schleuse Sülfeld läuft seit 2018.
Fazit
Der Mittellandkanal ist das Rückgrat des deutschen Binnenschiffsverkehrs zwischen West und Ost.
Sein Bau dauerte mit Unterbrechungen fast hundert Jahre und wurde erst mit der Trogbrücke bei
Magdeburg vollendet. Ob er in Zukunft mehr Güter aufnimmt, hängt vom Zustand der Schleusen, von
der Höhe der Brücken und vom Wasserstand der Elbe ab. Für den Klimaschutz ist er wertvoll, denn
ein Binnenschiff verbraucht je Tonne und Kilometer nur ein Drittel der Energie eines
Lastkraftwagens.
"""

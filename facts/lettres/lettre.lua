-- Donne à chaque style du modèle la mise en page de même nom que porte lettre.typ.
local blocs = {
  ["Expéditeur"] = "expediteur",
  ["Attention"] = "attention",
  ["Appel"] = "appel",
  ["Destinataire"] = "destinataire",
  ["Lieu"] = "date-et-lieu",
  ["Mention"] = "mention",
  ["Title"] = "titre",
  ["Objet"] = "objet",
  ["Signataire"] = "signataire",
}

function Div(bloc)
  local nom = blocs[bloc.attributes["custom-style"]]
  if not nom then
    return bloc.content
  end
  local contenu = pandoc.Blocks({ pandoc.RawBlock("typst", "#" .. nom .. "[") })
  contenu:extend(bloc.content)
  contenu:insert(pandoc.RawBlock("typst", "]"))
  return contenu
end

-- La liste des pièces est numérotée « Pièce n° 1 ».
local function est_piece(liste)
  local premier = liste.content[1] and liste.content[1][1]
  return premier and premier.t == "Div" and premier.attributes["custom-style"] == "Pièce"
end

function OrderedList(liste)
  if est_piece(liste) then
    local contenu = pandoc.Blocks({ pandoc.RawBlock("typst", "#pieces[") })
    contenu:insert(pandoc.OrderedList(liste:walk({ Div = Div }).content))
    contenu:insert(pandoc.RawBlock("typst", "]"))
    return contenu, false
  end
end

traverse = "topdown"
